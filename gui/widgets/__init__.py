"""Widgets that know no debugger."""
