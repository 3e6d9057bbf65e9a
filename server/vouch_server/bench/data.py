"""The report as JSON values: every figure, and for every sample a summary of its verdict. Pure."""

from dataclasses import asdict
from typing import Any

from vouch_server.bench.metrics import Interval, Rate
from vouch_server.bench.naive_python import Comparison
from vouch_server.bench.rejections import FalseReject
from vouch_server.bench.report import LanguageReport, OriginReport, Report, Shown
from vouch_server.bench.samples import Sample
from vouch_server.bench.surfacing import Surfaced

# Says which shape this is; raised when a name or a meaning changes.
FORMAT = 1


def as_data(report: Report) -> dict[str, Any]:
    """Shares come as {"hits", "of", "value"}, times in milliseconds."""
    return {
        "format": FORMAT,
        "machine": report.machine,
        "sandbox": report.sandbox,
        "files": list(report.files),
        "records": report.read,
        "unreadable": list(report.unreadable),
        "skipped": dict(report.skipped),
        "seconds": round(report.seconds, 1),
        "languages": {it.language: _language(it) for it in report.languages},
        "samples": [_sample(it) for it in report.samples],
    }


def _language(it: LanguageReport) -> dict[str, Any]:
    latency = it.latency
    return {
        "origins": {origin.origin: _origin(origin) for origin in it.origins},
        "surfaced": [
            {"origin": s.origin, "candidates": s.candidates, **_surfaced(row)}
            for s in it.surfaced
            for row in s.rows
        ],
        "suspects": [{"task": task, "sentence": said} for task, said in it.suspects],
        "false_rejects": [_reject(reject) for reject in it.false_rejects],
        "wrongly_shown": [sample.record.name for sample in it.wrongly_shown],
        "references": {
            "accepted": _rate(it.references.accepted),
            "rejected": [_reject(reject) for reject in it.references.rejected],
        },
        "mutants": {
            "rejected": _rate(it.mutants.rejected),
            "detectable": _rate(it.mutants.detectable),
            "by_check": dict(it.mutants.by_check),
            "undetectable": [sample.record.name for sample in it.mutants.undetectable],
            "without_example": [sample.record.name for sample in it.mutants.without_example],
        },
        "latency": {
            "with_examples": asdict(latency.with_examples),
            "every": asdict(latency.every),
            "by_check": {check: asdict(found) for check, found in latency.by_check.items()},
            "warm_up_ms": round(latency.warm_up_ms, 1),
        },
        "naive": [_comparison(found) for found in it.naive],
    }


def _origin(it: OriginReport) -> dict[str, Any]:
    return {
        "tasks": it.tasks,
        "ladder": [
            {
                "after": rung.name,
                "kept": _rate(rung.kept),
                "precision": _rate(rung.precision),
                "recall": _rate(rung.recall),
            }
            for rung in it.ladder
        ],
        "shown": [_shown(found) for found in it.shown],
        "false_reject_rate": _rate(it.false_reject_rate),
    }


def _shown(it: Shown) -> dict[str, Any]:
    return {
        "evidence": it.name,
        "shown": _rate(it.shown),
        "precision": _rate(it.right),
        "interval": _interval(it.interval),
        "compiling": _rate(it.compiling),
    }


def _surfaced(it: Surfaced) -> dict[str, Any]:
    return {
        "least_agreeing": it.least,
        "surfaced": _rate(it.surfaced),
        "precision": _rate(it.right),
        "interval": _interval(it.interval),
        "relieved": _rate(it.relieved),
    }


def _comparison(it: Comparison) -> dict[str, Any]:
    return {
        "sample": it.sample.record.name,
        "warm_ms": round(it.warm_ms, 2),
        "naive_ms": round(it.naive_ms, 2),
        "steps": [asdict(step) for step in it.steps],
    }


def _reject(it: FalseReject) -> dict[str, Any]:
    return {
        "sample": it.sample.record.name,
        "check": it.check,
        "cause": it.cause.value,
        "message": it.message,
    }


def _sample(it: Sample) -> dict[str, Any]:
    return {
        "task": it.record.task,
        "sample": it.record.sample,
        "language": it.record.language,
        "origin": it.record.origin,
        "hidden_pass": it.record.hidden_pass,
        "accepted": it.shown,
        "summary": it.verdict.summary,
        "checks": {e.check: e.finding.outcome.value for e in it.verdict.evidence},
        "check_ms": {e.check: round(e.ms, 2) for e in it.verdict.evidence},
        "ms": round(it.ms, 2),
    }


def _rate(it: Rate) -> dict[str, Any]:
    return {"hits": it.hits, "of": it.of, "value": it.value}


def _interval(it: Interval | None) -> list[float] | None:
    return None if it is None else [it.low, it.high]
