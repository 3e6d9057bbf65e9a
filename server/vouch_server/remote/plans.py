"""Which way an endpoint is asked, decided once from the settings and from what it says it serves. Pure."""

from dataclasses import dataclass
from typing import Any, Literal

from vouch_server.context.window import Window
from vouch_server.model import Context, GeneratorFault
from vouch_server.remote import chat
from vouch_server.remote.templates import Template, filled, template_for

Mode = Literal["completions", "fim", "chat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What an endpoint says of itself: the models it has, and whether it is Ollama."""

    models: tuple[str, ...] = ()
    is_ollama: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to ask. `template` is there when the mode is "fim", and where a model's stop marks are known."""

    mode: Mode
    model: str
    template: Template | None = None

    @property
    def path(self) -> str:
        return "chat/completions" if self.mode == "chat" else "completions"

    @property
    def stops(self) -> tuple[str, ...]:
        return self.template.stops if self.template is not None and self.mode != "chat" else ()


def served(listing: object) -> Served:
    """What a list of models says; nothing where it is not one."""
    match listing:
        case {"data": [*entries]}:
            found = [it for it in entries if isinstance(it, dict) and isinstance(it.get("id"), str)]
        case _:
            return Served()
    # Ollama alone calls the owner of its models so.
    is_ollama = bool(found) and all(it.get("owned_by") == "library" for it in found)
    return Served(models=tuple(it["id"] for it in found), is_ollama=is_ollama)


def planned(*, mode: str, model: str, own: Template | None, known: Served) -> Plan:
    """The plan for a mode, "auto" included. Raises GeneratorFault where something has to be set first."""
    name = model or _only(known)
    template = own or template_for(name)
    match mode:
        case "chat":
            return Plan(mode="chat", model=name)
        case "completions":
            return Plan(mode="completions", model=name, template=template)
        case "fim":
            if template is None:
                raise GeneratorFault(
                    f"no fill-in-the-middle prompt is known for {name}; set vouch.generators.openai.template"
                )
            return Plan(mode="fim", model=name, template=template)
        case _:
            if template is None:
                return Plan(mode="chat", model=name)
            # Ollama wraps a prompt into the model's conversation unless it is given a suffix of its own.
            natively = known.is_ollama and own is None
            return Plan(mode="completions" if natively else "fim", model=name, template=template)


def prompt(plan: Plan, window: Window, context: Context) -> dict[str, Any]:
    """The part of a request that says what is wanted."""
    if plan.mode == "chat":
        snapshot = context.snapshot
        return {"messages": chat.messages(window, language=snapshot.language, name=snapshot.path.name)}
    if plan.mode == "fim" and plan.template is not None:
        return {"prompt": filled(plan.template.form, prefix=window.prefix, suffix=window.suffix)}
    # With an empty suffix servers fall back to a conversation.
    return {"prompt": window.prefix, "suffix": window.suffix or "\n"}


def _only(known: Served) -> str:
    if len(known.models) == 1:
        return known.models[0]
    if known.models:
        names = ", ".join(known.models[:8])
        raise GeneratorFault(f"set vouch.generators.openai.model to one of those served: {names}")
    raise GeneratorFault("set vouch.generators.openai.model: the endpoint does not say what it serves")
