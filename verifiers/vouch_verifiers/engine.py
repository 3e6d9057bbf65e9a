"""The ladder: cheapest check first, stop at the first that does not pass. Knows no language and no model."""

import logging
from collections import OrderedDict
from pathlib import Path
from time import perf_counter

from vouch_verifiers import registry
from vouch_verifiers.examination import Examination
from vouch_verifiers.model import Check, Evidence, Finding, Outcome, Require, Trial, Verdict, inconclusive
from vouch_verifiers.sandbox import SandboxFault
from vouch_verifiers.workbench import Workbench

log = logging.getLogger(__name__)

MOST_VERDICTS = 1024
_COMPILE = frozenset({"parse", "compile"})
_STATIC = frozenset({"check"})
# Examples stand beside the code: where they cannot be judged, nothing can be said of it. Tests may be about more
# than the candidate, and some always need a network.
_DYNAMIC = frozenset({"check", "run", "examples"})
_ORACLES = frozenset({"examples", "tests"})


async def verify(trial: Trial, workbench: Workbench, *, distrusted: frozenset[str] = frozenset()) -> Verdict:
    """Judge one trial. Broken code is a verdict; so is our own failure (INCONCLUSIVE). Remembered by content.

    Examples whose id is in `distrusted` decide nothing (see `agreement.suspects`).
    """
    key = _key(trial, workbench, distrusted)
    verdicts: OrderedDict[str, Verdict] = workbench.memory.setdefault("verdicts", OrderedDict())
    known = verdicts.get(key)
    if known is not None:
        verdicts.move_to_end(key)
        return known
    verdict = await judge(trial, workbench, distrusted=distrusted)
    if not verdict.inconclusive:
        verdicts[key] = verdict
        while len(verdicts) > MOST_VERDICTS:
            verdicts.popitem(last=False)
    return verdict


async def judge(trial: Trial, workbench: Workbench, *, distrusted: frozenset[str] = frozenset()) -> Verdict:
    """As `verify`, without looking at what was judged before."""
    language = registry.languages().get(trial.language)
    if language is None:
        return verdict_of((_alone(inconclusive(f"Vouch does not know {trial.language}")),), Require.COMPILE)
    if not workbench.trusted:
        return verdict_of((_alone(inconclusive("the workspace is not trusted")),), Require.COMPILE)
    examination = Examination(trial=trial, workbench=workbench, distrusted=distrusted)
    evidence: list[Evidence] = []
    try:
        for check in language.checks:
            evidence.append(await _timed(check, examination))
            verdict = verdict_of(tuple(evidence), workbench.settings.require)
            if _decided(evidence[-1], verdict):
                break
    finally:
        await examination.aclose()
    return verdict_of(tuple(evidence), workbench.settings.require)


async def warm(workbench: Workbench, language_name: str, path: Path) -> str:
    """Start ahead what judging a file will need. The answer says why that is not possible; "" when it is."""
    language = registry.languages().get(language_name)
    if language is None or language.warm is None:
        return ""
    try:
        await language.warm(workbench, path)
    except SandboxFault as fault:
        return str(fault)
    return ""


def verdict_of(evidence: tuple[Evidence, ...], require: Require) -> Verdict:
    """The verdict that a person's `vouch.require` makes of the evidence."""
    match require:
        case Require.COMPILE:
            return Verdict(evidence=evidence, required=_COMPILE, applicable=_STATIC)
        case Require.RUN:
            return Verdict(evidence=evidence, required=_COMPILE, applicable=_DYNAMIC)
        case Require.EXAMPLES:
            return Verdict(evidence=evidence, required=_COMPILE, applicable=_DYNAMIC, one_of=_ORACLES)


async def _timed(check: Check, examination: Examination) -> Evidence:
    started = perf_counter()
    try:
        finding = await check.run(examination)
    except Exception as error:
        log.exception("the check %s failed", check.name)
        finding = inconclusive(f"a fault in the check itself: {type(error).__name__}")
    return Evidence(check=check.name, finding=finding, ms=(perf_counter() - started) * 1000)


def _decided(latest: Evidence, verdict: Verdict) -> bool:
    """Whether nothing that follows could make the trial accepted."""
    outcome = latest.finding.outcome
    wanted = latest.check in verdict.required | verdict.applicable
    return outcome is Outcome.FAILED or (wanted and outcome is Outcome.INCONCLUSIVE)


def _alone(finding: Finding) -> Evidence:
    return Evidence(check="parse", finding=finding, ms=0.0)


def _key(trial: Trial, workbench: Workbench, distrusted: frozenset[str]) -> str:
    policy = (repr(workbench.settings), str(workbench.root), str(workbench.generation))
    return trial.key(*policy, *sorted(distrusted))
