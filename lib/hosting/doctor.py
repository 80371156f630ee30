"""Checks whether this deployment works: `python -m lib.hosting.doctor` in a terminal, pages/doctor.py in a
browser."""

import argparse
import json
import logging
import sys
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from lib.bedrock.account import Listing
from lib.bedrock.backend import Backend
from lib.bedrock.gate import HOST, Visitor
from lib.bedrock.settings import load_settings, notes
from lib.hosting import budget, calls, network, outside, setup, start
from lib.hosting.check import Check, failed, skipped, summary, worst_first
from lib.mistral.catalog import Model, UnknownModel, find

PASSED, FAILED, USAGE = 0, 1, 2
"""Exit codes. argparse uses 2 for wrong usage, too."""
_WIDTH = 100


def examine(backend: Backend, visitor: Visitor, *, stream: bool) -> tuple[Check, ...]:
    """Every check that is free, and with `stream` a short paid answer, too. Takes seconds; never raises."""
    region, credentials = setup.region(backend), setup.credentials(backend)
    local_model = network.local_model(backend)
    probed = network.probe(backend)
    endpoint, clock = network.endpoint(probed, backend), network.clock(probed, backend)
    listing, models = _listing(backend, [region, credentials, local_model])
    if listing.problem and listing.problem.kind in calls.REFUSED and credentials.status == "ok":
        models = skipped(models.name, "Needs credentials that AWS accepts.")
        if clock.status == "failed" and listing.problem.kind == "signature":
            models = skipped(models.name, "AWS refuses the signature while the clock is wrong.")
        else:
            credentials = failed(credentials.name, listing.problem)
    checks = [setup.backend_choice(backend), region, credentials, local_model, endpoint, clock, models]
    checks += [setup.model(backend, listing), network.stop(backend)]
    checks += [budget.check(backend)]
    checks += [_stream(backend, visitor, checks) if stream else _unasked(backend), setup.versions()]
    return tuple(checks)


def _listing(backend: Backend, needed: Sequence[Check]) -> tuple[Listing, Check]:
    if lacking := [check.name.lower() for check in needed if check.status == "failed"]:
        return backend.account.listing(), skipped("Account's models", f"Needs {' and '.join(lacking)}.")
    listing = backend.account.refresh()
    return listing, calls.account_models(listing)


def _stream(backend: Backend, visitor: Visitor, checks: Sequence[Check]) -> Check:
    """The check of a short answer, unless a failed check already shows that no answer can arrive."""
    lacking = [check.name.lower() for check in checks if check.status == "failed" and check.name != "Model"]
    if lacking:
        return skipped("Streaming", f"Needs {' and '.join(lacking)}.")
    return calls.streaming(backend, visitor)


def _unasked(backend: Backend) -> Check:
    return skipped("Streaming", f"Left out: a short answer costs {stream_cost(backend)}.")


def stream_cost(backend: Backend) -> str:
    """What the short answer may cost, in words."""
    return calls.cost([backend.default_model], calls.ANSWER_TOKENS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    if options.site:
        return _report(outside.examine(options.site), as_document=options.json)
    logging.disable()  # botocore would log tracebacks of errors that the report explains
    broken = _load_settings()
    backend = start.backend(setup.ROOT)
    try:
        wanted = _models(backend, options.call)
        checks = [*broken, *examine(backend, HOST, stream=not options.free)]
        if wanted:
            names = ", ".join(model.name for model in wanted)
            sys.stderr.write(f"Asking for one token, {calls.cost(wanted)}: {names}.\n")
            checks += calls.call_each(backend, wanted, HOST)
    except UnknownModel as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    finally:
        backend.gate.close()
        if backend.endpoint:
            backend.endpoint.close()
    return _report(checks, as_document=options.json)


def _report(checks: Sequence[Check], *, as_document: bool) -> int:
    """Print the report and return the exit code."""
    sys.stdout.write(as_json(checks) if as_document else as_text(checks))
    return FAILED if any(check.status == "failed" for check in checks) else PASSED


def as_text(checks: Sequence[Check]) -> str:
    """The report for a terminal, the worst first."""
    lines = [summary(checks), ""]
    margin = " " * 28
    for check in worst_first(checks):
        head = f"{check.status:<9}{check.name:<18} "
        lines.append(textwrap.fill(check.says, _WIDTH, initial_indent=head, subsequent_indent=margin))
        if check.fix:
            lines.append(
                textwrap.fill(f"Fix: {check.fix}", _WIDTH, initial_indent=margin, subsequent_indent=margin)
            )
    return "\n".join(lines) + "\n"


def as_json(checks: Sequence[Check]) -> str:
    """The report for a script."""
    well = all(check.status != "failed" for check in checks)
    return json.dumps({"healthy": well, "checks": [asdict(check) for check in checks]}, indent=2) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lib.hosting.doctor",
        description="Says whether this deployment works.",
        epilog="Exit code 0: it works, perhaps with warnings; 1: something failed; 2: wrong usage.",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--free",
        action="store_true",
        help="leave out the short answer, which costs a fraction of a cent on AWS",
    )
    parser.add_argument(
        "--from", dest="site", metavar="URL", type=_site, help="check only how visitors reach this address"
    )
    parser.add_argument("--call", metavar="MODEL_ID|all", help="also ask one model, or each, for one token")
    return parser


def _site(url: str) -> str:
    try:
        outside.Site(url)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return url


def _models(backend: Backend, asked: str | None) -> tuple[Model, ...]:
    """The models to call. Raises UnknownModel for a model that this backend cannot call."""
    if asked is None:
        return ()
    if asked == "all":
        return backend.account.refresh().offered
    model = find(asked)
    if not (backend.serves_local if model.local else backend.kind == "aws"):
        raise UnknownModel(f"{asked} does not answer here; SIROCCO_BACKEND decides where calls go.")
    return (model,)


def _load_settings() -> list[Check]:
    """Load settings as the app does: the environment, `.env`, then `.streamlit/secrets.toml` in the home
    folder and in the project. Returns a failed check for each file that cannot be read."""
    secrets: dict[str, object] = {}
    wrong: list[Check] = []
    for folder in (Path.home(), setup.ROOT):
        try:
            secrets |= _read(folder / ".streamlit" / "secrets.toml")
        except (OSError, ValueError):
            says = "A file .streamlit/secrets.toml cannot be read, or is not valid TOML."
            wrong.append(Check("Settings", "failed", says, "Correct the file, or remove it."))
    load_settings(setup.ROOT, secrets)
    wrong += [Check("Settings", "warning", note, "Correct it, then restart.") for note in notes()]
    return wrong


def _read(file: Path) -> Mapping[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
