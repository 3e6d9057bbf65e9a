"""How published models want to be asked for the middle of a text. A table; knows no HTTP."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`form` has the places `{prefix}` and `{suffix}`; `stops` are marks that the model ends with."""

    name: str
    models: str
    form: str
    stops: tuple[str, ...]


_PIPED = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"
_PLAIN = "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"
_PIPED_STOPS = ("<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
_PLAIN_STOPS = ("<|endoftext|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>")

# Searched in this order in the lower-cased model name, so what is particular stands before what is general.
TEMPLATES = (
    Template(
        name="qwen2.5-coder",
        models=r"qwen[\d.]*[-_]?coder|codeqwen",
        form=_PIPED,
        stops=(*_PIPED_STOPS, "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|im_start|>", "<|im_end|>"),
    ),
    Template(
        name="codegemma",
        models=r"codegemma",
        form=_PIPED,
        stops=(*_PIPED_STOPS[1:], "<|file_separator|>", "<end_of_turn>", "<eos>"),
    ),
    Template(
        name="deepseek-coder",
        models=r"deepseek[-_]?coder",
        form="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",  # noqa: RUF001 - the model's own marks
        stops=(
            "<｜end▁of▁sentence｜>",  # noqa: RUF001
            "<｜fim▁begin｜>",  # noqa: RUF001
            "<｜fim▁hole｜>",  # noqa: RUF001
            "<｜fim▁end｜>",  # noqa: RUF001
            "<|EOT|>",
        ),
    ),
    Template(
        name="codellama",
        models=r"code[-_]?llama",
        form="<PRE> {prefix} <SUF>{suffix} <MID>",
        stops=("<EOT>", "<PRE>", "<SUF>", "<MID>", "</s>"),
    ),
    Template(
        name="codestral",
        models=r"codestral",
        form="[SUFFIX]{suffix}[PREFIX]{prefix}",
        stops=("[PREFIX]", "[SUFFIX]", "[MIDDLE]", "</s>"),
    ),
    Template(
        name="starcoder2",
        models=r"star[-_]?coder|stable[-_]?code",
        form=_PLAIN,
        stops=(*_PLAIN_STOPS, "<file_sep>", "<repo_name>"),
    ),
    # From its fourth generation on, Granite writes its marks with bars.
    Template(
        name="granite-4", models=r"granite[-_]?4", form=_PIPED, stops=(*_PIPED_STOPS, "<|end_of_text|>")
    ),
    Template(name="granite", models=r"granite", form=_PLAIN, stops=(*_PLAIN_STOPS, "<|end_of_text|>")),
)

_PLACE = re.compile(r"\{(prefix|suffix)\}")


def template_for(model: str) -> Template | None:
    """The template of a model by its name, or None where none is known to be right."""
    lowered = model.lower()
    return next((it for it in TEMPLATES if re.search(it.models, lowered)), None)


def own_template(form: str) -> Template:
    """A template that a person wrote."""
    return Template(name="own", models="", form=form, stops=())


def filled(form: str, *, prefix: str, suffix: str) -> str:
    """The prompt. Braces inside the code are left alone."""
    parts = {"prefix": prefix, "suffix": suffix}
    return _PLACE.sub(lambda it: parts[it[1]], form)
