"""axe-core, from npm: what makes a page hard to use for people who do not see it or have no mouse."""

import sys

from notebooks import ROOT

sys.path.append(str(ROOT / ".github/publish"))
from publish import npm_packages


def serious(page, part: str = "document") -> list:
    """Return what axe-core finds serious or critical in a part of a page, with examples."""
    page.evaluate((npm_packages() / "axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run({part}, {{resultTypes: ['violations']}})")["violations"]
    return [
        (rule["id"], [node["html"][:150] for node in rule["nodes"][:3]])
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]
