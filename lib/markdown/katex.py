"""The commands of mathematics that are drawn in an answer that somebody shared.

A stranger's formula must not fetch or link anything, define commands, cover the page or keep the browser
busy. Commands that are not listed here are displayed as text. Source: KaTeX 0.16, supported functions.
"""

from __future__ import annotations

import re

LONGEST = 600
"""The longest formula of a stranger that is drawn, in characters."""
MOST_WORK = 6_000
"""The work of all formulas of a stranger's answer: a formula takes EACH and its length."""
EACH = 20
DEEPEST = 12
"""The deepest nesting of braces that is drawn."""
_GREEK = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi
    Sigma Upsilon Phi Psi Omega
"""
_SIGNS = """
    times div cdot ast star pm mp oplus ominus otimes circ bullet cap cup setminus wedge land vee lor
    neg lnot leq le geq ge ll gg neq ne approx equiv sim simeq cong propto doteq prec succ subset
    subseteq supset supseteq in notin ni mid nmid parallel perp forall exists nexists emptyset
    varnothing infty partial nabla hbar ell Re Im aleph angle triangle square degree prime dagger to
    gets mapsto rightarrow leftarrow Rightarrow Leftarrow leftrightarrow Leftrightarrow longrightarrow
    longleftarrow Longrightarrow implies impliedby iff uparrow downarrow hookrightarrow rightharpoonup
    rightleftharpoons ldots cdots vdots ddots dots therefore because colon vert Vert lvert rvert lVert
    rVert langle rangle lfloor rfloor lceil rceil lbrace rbrace backslash
"""
_FUNCTIONS = """
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt sum prod coprod int iint iiint oint lim limsup
    liminf sup inf max min arg argmax argmin det dim ker gcd deg hom Pr exp log ln lg sin cos tan cot
    sec csc arcsin arccos arctan sinh cosh tanh coth bmod pmod mod limits nolimits stackrel overset
    underset
"""
_DECORATION = """
    hat widehat tilde widetilde bar overline underline vec overrightarrow dot ddot acute grave check
    breve overbrace underbrace boxed cancel not left right middle big Big bigg Bigg bigl bigr Bigl Bigr
    biggl biggr text textbf textit textrm mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak
    mathscr boldsymbol bm operatorname displaystyle textstyle scriptstyle quad qquad begin end hline tag
    phantom
"""
PERMITTED = frozenset(f"{_GREEK} {_SIGNS} {_FUNCTIONS} {_DECORATION}".split())
_MATRICES = ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array")
_EQUATIONS = ("cases", "split", "aligned", "align", "align*", "equation", "equation*", "gathered")
_ENVIRONMENTS = frozenset((*_MATRICES, *_EQUATIONS))
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{([^}]*)\}")
_ADDRESS = re.compile(r"://|www\.|@|\]\(")


def is_permitted(formula: str) -> bool:
    """Whether a stranger's formula may be drawn as mathematics."""
    if len(formula) > LONGEST or "`" in formula or "\n\n" in formula or _ADDRESS.search(formula):
        return False
    if not PERMITTED.issuperset(_COMMAND.findall(formula)):
        return False
    if not _ENVIRONMENTS.issuperset(_ENVIRONMENT.findall(formula)):
        return False
    return _depth(formula) <= DEEPEST


def _depth(formula: str) -> int:
    depth = deepest = 0
    for character in formula:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return deepest
