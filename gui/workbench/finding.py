"""Find at work: what is typed is looked for in what there is at this moment, and what is chosen is done.

What can be found is imported when it is first looked for: no window waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.network.number import Number
from core.network.rule import Rule
from core.writing.form import NumberFormat
from core.writing.shown import one_line
from gui.debugger.labels import name_of
from gui.debugger.view import View
from gui.find.field import FindField
from gui.widgets.parts.speech import announce

if TYPE_CHECKING:
    from core.finding.ranking import Entry
    from gui.workbench.workbench import Workbench


_DONE = 2.2  # how well what is asked for of a number fits: before every place that the same words may name


class Finding(QObject):
    """The field of Find in the window of a workbench.

    Attributes:
        field: where one types. presented: the same while the formula fills the screen, in sight only while one does.
    """

    def __init__(self, bench: Workbench, edit_rule: Callable[[Rule], None], set_form: Callable[[NumberFormat], None],
                 show_help: Callable[[str], None]) -> None:  # fmt: skip
        super().__init__(bench)
        self._bench, self._edit_rule, self._set_form, self._show_help = bench, edit_rule, set_form, show_help
        self.field, self.presented = self._made(), self._made()
        bench.files.word.lead(self.field)
        self._shown = bench.present.lead(self.presented)
        self.presented.left.connect(lambda: self._shown.setVisible(False))
        self._program = bench.model.view.program
        bench.model.source_changed.connect(self._forget)  # its view may take a training to come
        bench.model.view_changed.connect(self._follow)

    def come(self) -> None:
        """Let the user type what is looked for."""
        if self._bench.present.is_on:
            self._shown.setVisible(True)
            self.presented.come()
        else:
            self.field.come()

    def _follow(self, view: View) -> None:
        if view.program is not self._program:
            self._program = view.program
            self._forget()

    def _forget(self) -> None:
        for field in (self.field, self.presented):
            field.forget()

    def _made(self) -> FindField:
        bench = self._bench
        field = FindField(bench.theme, self._find, self._hint, bench.formula.setFocus)
        field.chosen.connect(self._do)
        field.said.connect(lambda words: announce(bench.window, words))
        field.refused.connect(bench.model.refused)
        return field

    def _find(self, query: str) -> list[Entry]:
        from gui.find.entries import found

        settings = self._bench.settings
        return found(query, self._bench.moment, settings.found, settings.recent, self._deeds(query))

    def _deeds(self, query: str) -> list[Entry]:
        """What *query* wants done with a number: the rows of its menu that do that, and why they may be off."""
        from core.finding.doing import wish
        from core.finding.ranking import Entry
        from gui.find.entries import Do, Watch

        bench, view = self._bench, self._bench.model.view
        wanted = wish(query, view.network, (view.step.address.indices or (1,))[0])
        if wanted is None:
            return []
        if wanted.deed == "condition":
            words = "Enter takes it into Watch: running stops where it holds"
            return [Entry(f"do:{query}", f"Stop when {wanted.symbol}", words, "Shift+F9", fit=_DONE,
                          target=Watch(wanted.symbol))]  # fmt: skip
        number = bench.numbers.placed(Number(wanted.symbol))
        made = []
        for row in bench.numbers.rows:
            if row.deed == wanted.deed:
                title = f"{row.text(number).rstrip('…')} · {name_of(view.network, number)}"
                off = row.off(number)
                made.append(Entry(f"do:{title}", title, row.tip, row.keys, "", off, _DONE - 0.1 * bool(off),
                                  Do(row.do, number, wanted.value)))  # fmt: skip
        return made

    def _hint(self, query: str) -> str:
        from gui.find.entries import examples

        tries = "  ·  ".join((*examples(self._bench.model.view.network), "dark mode", "step over"))
        if query.strip():
            return f"Nothing is called “{one_line(query.strip(), 40)}”. Try  {tries}"
        return "A step, a number, a command or a panel. ↑ ↓ choose, Enter goes there, Escape leaves."

    def _do(self, entry: Entry) -> None:
        from gui.find.entries import Act, Ask, Do, Go, Look, Open, Read, Watch

        bench, target = self._bench, entry.target
        bench.settings.add_found(entry.id)
        if isinstance(target, Do):
            if target.value:
                bench.what_if.change(target.number, typed=target.value)
            else:
                target.run(target.number)
        elif isinstance(target, Watch):
            bench.window.actions_by_id["watch"].trigger()
            bench.furnish().watch.field.setText(target.text)
        elif isinstance(target, Go):
            bench.model.jump_to(target.cursor)
            bench.formula.setFocus()
        elif isinstance(target, Act):
            bench.window.actions_by_id[target.action].trigger()
        elif isinstance(target, Look):
            if bench.present.is_on:
                bench.present.choose(target.dock)
            else:
                bench.window.show_dock(target.dock)
            if target.erratum is not None:
                bench.furnish().sheet.show_erratum(target.erratum)
        elif isinstance(target, Ask):
            bench.formula.prompt.focus_field()
            bench.formula.prompt.field.setText(target.text)
        elif isinstance(target, Read):
            self._show_help(target.heading)
        elif isinstance(target, Open):
            bench.files.open(target.path)
        elif isinstance(target, Rule):
            self._edit_rule(target)
        elif isinstance(target, NumberFormat):
            self._set_form(target)
