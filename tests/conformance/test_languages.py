"""Every language judges its own specimens as they say, by its real toolchain in a real sandbox."""

from pathlib import Path

import pytest

from tests.conftest import WorkbenchAt
from vouch_verifiers import registry
from vouch_verifiers.engine import verify
from vouch_verifiers.model import Language, Outcome, Specimen, Trial

SPECIMENS = [
    pytest.param(language, specimen, id=f"{language.name}: {specimen.name}")
    for language in registry.languages().values()
    for specimen in language.specimens
]


@pytest.mark.parametrize(("language", "specimen"), SPECIMENS)
async def test_a_specimen_has_the_outcome_it_states(
    language: Language, specimen: Specimen, tmp_path: Path, workbench_at: WorkbenchAt
) -> None:
    for name, text in specimen.files.items():
        (tmp_path / name).write_text(text)
    trial = Trial(
        language=language.name,
        path=tmp_path / language.path,
        prefix=specimen.prefix,
        completion=specimen.completion,
        suffix=specimen.suffix,
        workspace=tmp_path,
    )
    async with workbench_at(tmp_path) as workbench:
        verdict = await verify(trial, workbench)
    stopped = [it.check for it in verdict.evidence if it.finding.outcome is Outcome.FAILED]
    assert (stopped or [None]) == [specimen.stops_at], verdict.summary
    assert verdict.accepted is (specimen.stops_at is None), verdict.summary


@pytest.mark.parametrize("language", registry.languages().values(), ids=lambda it: it.name)
def test_each_check_of_a_language_has_a_specimen_that_fails_it(language: Language) -> None:
    failing = {it.stops_at for it in language.specimens}
    assert {it.name for it in language.checks} <= failing
    assert None in failing, "and one that is accepted"
