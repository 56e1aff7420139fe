"""What the Contributions panel says of terms, groups and entries, in words."""

from __future__ import annotations

from core.network.network import Network
from core.network.symbols import subscript, text
from core.network.words import used_words
from core.network.words import uses as uses_of
from core.program.program import OUTPUTS, Address, Program
from core.steps.entry import Where
from core.steps.ladder import zero_reason
from core.studies.contributions import Grouping
from core.writing.shown import visible
from gui.debugger.labels import number_word
from gui.debugger.view import View


def sentence(program: Program, name: str, by: Grouping) -> str:
    """What is added up under a grouping."""
    network = program.network
    T = network.T
    verb = {"b": "added", "c": "added", "E": "read"}.get(name, used_words(name, network.lines))
    times, count = {1: "once", 2: "twice"}.get(T, f"{number_word(T)} times"), len(program.losses)
    if uses_of(name, network.lines):
        times = f"at {number_word(T)} timestep{'' if T == 1 else 's'}"
    losses = "One loss" if count == 1 else f"{number_word(count).capitalize()} losses"
    if name in OUTPUTS and count < T:
        return f"{losses}: add what each one asks of {text(name)}."
    if by == "k" or (by == "term" and not program.is_chained(name)):
        return f"One {text(name)}, {verb} {times}: add what each use contributes."
    if by == "t-k":
        later = f"a loss comes after that use of {text(name)}"
        return f"Add what lies equally far back: by how many timesteps, t − k, {later}."
    if by == "t":
        return f"{losses}: add what each one asks of {text(name)}."
    if by == "m":
        states = "one hidden state" if T == 1 else f"{number_word(T)} hidden states"
        return f"The losses look at {states}: add what comes by way of each."
    if network.attention:
        return f"One bar a term: what loss t, by way of hₘ, asks of the {text(name)} {verb} at timestep k."
    return f"One bar a term: what loss t asks of the {text(name)} {verb} at timestep k."


def late_sentence(network: Network, t: int, m: int, by: str) -> str:
    """What is added up of loss *t*, where there are too many terms to show those of all losses."""
    if by != "term":
        each = "distance t − k" if by == "t-k" else by
        return f"Loss {t:,}: one bar for each {each}. The first bar stands for all earlier losses."
    via = f" by way of h{subscript(m)}" if network.attention else ""
    return f"Loss {t:,}{via}: one bar a term. The first bar stands for all earlier terms."


def zero_words(view: View, address: Address, entry: tuple[int, int]) -> str:
    """Why the followed entry of the term at *address* must be 0, "" where it need not be."""
    network, name = view.network, address.quantity
    if name in OUTPUTS:
        return ""
    reason = zero_reason(Where(network, view.epoch.rule, address))
    if reason is not None:
        return reason
    t, k = address.indices[0], address.indices[-1]
    if name == "E" and not address.is_chained and view.epoch.rule.embedding_row == "t":
        return ""
    if network.is_of_letters("X") and name in network.reads_input and network.inputs[k - 1] != entry[1]:
        here = visible(network.alphabet[entry[1]])
        return f"0: x{subscript(k)} is “{visible(network.input_letter(k))}”, this is column “{here}”."
    if name == "E":
        at = t if view.epoch.rule.embedding_row == "t" else k
        if network.inputs[at - 1] != entry[0]:
            here = visible(network.alphabet[entry[0]])
            return f"0: letter {at} is “{visible(network.input_letter(at))}”, this is row “{here}”."
    return ""
