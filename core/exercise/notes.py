"""What is said of an exercise while it is read: what became of every name, what is asked, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a name of the text is taken for: ``Wf → U_f (2 numbers)``; *note*: what was done to it."""

    name: str
    ours: str
    count: int
    note: str = ""

    @property
    def text(self) -> str:
        """In one line."""
        numbers = f"{self.count} number{'' if self.count == 1 else 's'}"
        return f"{self.name} → {self.ours} ({', '.join(filter(None, (numbers, self.note)))})"


@dataclass(frozen=True, slots=True)
class Question:
    """What the numbers do not tell: *words*, the *options*, and which is *assumed*. *key*: by which it is answered."""

    key: str
    words: str
    options: tuple[str, ...]
    assumed: str


@dataclass(slots=True)
class Notes:
    """Gathers what is said; *answers*: to questions, by their keys."""

    answers: Mapping[str, str]
    mapping: list[Mapped] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)

    def ask(self, key: str, words: str, *options: str) -> str:
        """The answer to a question, the first of *options* until there is one."""
        answer = self.answers.get(key, "")
        chosen = answer if answer in options else options[0]
        self.questions.append(Question(key, words, options, chosen))
        return chosen
