"""Transitions that xfade does not have, drawn pixel by pixel by its expressions.

In an expression, `T` goes from 0 to 1, `U` and `V` are the place in the picture from 0
to 1, `A(x,y)` and `B(x,y)` are the old and the new picture there (in pixels), and
`BLACK` is black. xfade evaluates it for every pixel of every plane; `st` and `ld` are
of no use, since its threads share them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A transition by an expression."""

    what: str
    expression: str


#: Rises and falls: 0 at both ends, 1 in the middle.
_MIDDLE = "(1-abs(2*T-1))"
#: From 0 to 1, slowly at both ends.
_SMOOTH = "(T*T*(3-2*T))"
#: A number from 0 to 1 for a cell of the picture that looks random.
_DICE = "mod(abs(sin(({x})*12.9898+({y})*78.233)*43758.5453),1)"


def _smooth(part: str) -> str:
    """Return the smooth step from 0 to 1 of a part that is cut off there."""
    return f"(pow(clip({part},0,1),2)*(3-2*clip({part},0,1)))"


def _fade_white() -> str:
    old = _smooth("1-5*T")
    new = f"(1-{_smooth('1-1.25*T')})"
    return f"(A(X,Y)*{old}+WHITE*(1-{old}))*(1-T)+(WHITE*(1-{new})+B(X,Y)*{new})*T"


#: xfade's own fade through white, for frames in which white is not the brightest.
FADE_WHITE = Drawn(
    what="The old picture turns white, and the new one comes out of it.",
    expression=_fade_white(),
)


def _mixed(x: str, y: str) -> str:
    """Dissolve while both pictures are bent in the same way."""
    return f"A({x},{y})*(1-{_SMOOTH})+B({x},{y})*{_SMOOTH}"


def _inside(x: str, y: str, shown: str, beside: str) -> str:
    """Show a picture that was moved, and something else beside it."""
    there = f"between({x},0,W-1)*between({y},0,H-1)"
    return f"if({there},{shown}({x},{y}),{beside})"


def _turned(angle: str, size: str) -> tuple[str, str]:
    """Return the place in a picture that is turned and made larger."""
    x, y = "(X-W/2)", "(Y-H/2)"
    return (
        f"(W/2+({x}*cos({angle})+{y}*sin({angle}))/({size}))",
        f"(H/2+({y}*cos({angle})-{x}*sin({angle}))/({size}))",
    )


def _turn() -> str:
    away = _inside(*_turned("T*PI", "max(1-1.8*T,0.001)"), "A", "BLACK")
    into = _inside(*_turned("(1-T)*PI", "max(1.8*T-0.8,0.001)"), "B", "BLACK")
    return f"if(lt(T,0.5),{away},{into})"


def _scale() -> str:
    grown = _turned("0", f"max({_SMOOTH},0.001)")
    return f"if(gt(T,0),{_inside(*grown, 'B', 'A(X,Y)')},A(X,Y))"


def _spiral() -> str:
    size = f"max({_SMOOTH},0.001)"
    turned = _turned(f"(1-{_SMOOTH})*4*PI", size)
    return f"if(gt(T,0),{_inside(*turned, 'B', 'A(X,Y)')},A(X,Y))"


def _flip() -> str:
    width = "max(abs(1-2*T),0.001)"
    x = f"(W/2+(X-W/2)/{width})"
    old, new = _inside(x, "Y", "A", "BLACK"), _inside(x, "Y", "B", "BLACK")
    return f"if(lt(T,0.5),{old},{new})"


def _cube() -> str:
    """Two faces of a cube that turns to the left, seen in perspective.

    The edge between them moves from the right to the left; each face narrows towards
    its far side.
    """
    edge = "(W*(1-T))"
    far_old = f"(1-0.3*T*({edge}-X)/max({edge},1))"
    far_new = f"(1-0.3*(1-T)*(X-{edge})/max(W-{edge},1))"
    old = _inside("(X/max(1-T,0.001))", f"(H/2+(Y-H/2)/{far_old})", "A", "BLACK")
    new = _inside(
        f"((X-{edge})/max(T,0.001))", f"(H/2+(Y-H/2)/{far_new})", "B", "BLACK"
    )
    return f"if(lt(X,{edge}),{old},{new})"


def _page() -> str:
    """Turn the old picture over like a page, from the right to the left."""
    fold = "(W*(1-T*1.25))"
    back = "(W*0.22*T*(1.3-T)+1)"
    return (
        f"if(lt(X,{fold}),A(X,Y),"
        f"if(lt(X,{fold}+{back}),"
        f"A(clip({fold}-(X-{fold})*1.6,0,W-1),Y)*0.45+WHITE*0.55,B(X,Y)))"
    )


def _kaleidoscope() -> str:
    """Both pictures in twelve mirrored sectors around the middle, which turn."""
    x, y = "(X-W/2)", "(Y-H/2)"
    sector = "(PI/3)"
    angle = f"abs(mod(atan2({y},{x})+2*PI+T*PI/2,{sector})-{sector}/2)"
    away = f"hypot({x},{y})"
    at_x, at_y = f"W/2+{away}*cos({angle})", f"H/2+{away}*sin({angle})"
    share = f"min(1,{_MIDDLE}*4)"
    from_x, from_y = (
        f"clip(X+(({at_x})-X)*{share},0,W-1)",
        f"clip(Y+(({at_y})-Y)*{share},0,H-1)",
    )
    return _mixed(from_x, from_y)


def _shatter() -> str:
    """Let the old picture break into pieces that fall, each after a while."""
    column, row = "floor(X/W*12)", "floor(Y/H*8)"
    late = _DICE.format(x=column, y=row)
    fallen = f"max(T*1.6-0.6*{late},0)"
    tall = f"(H*1.1*pow({fallen},2))"
    from_y = f"(Y-{tall})"
    own_row = f"floor({from_y}/H*8)"
    late_there = _DICE.format(x=column, y=own_row)
    fallen_there = f"(H*1.1*pow(max(T*1.6-0.6*{late_there},0),2))"
    there = f"(Y-{fallen_there})"
    same = f"eq(floor({there}/H*8),{own_row})"
    return f"if({same}*gte({there},0)*gte({from_y},0),A(X,{there}),B(X,Y))"


def _burn() -> str:
    """Let a ragged edge of fire eat the old picture from below."""
    ragged = (
        "(0.06*sin(U*23+V*7)+0.05*sin(U*51-V*13)+0.04*sin(U*97+V*29)"
        f"+0.03*{_DICE.format(x='floor(X/3)', y='floor(Y/3)')})"
    )
    line = f"(V+{ragged}-1.35+T*1.7)"
    return (
        f"if(lt({line},0),if(lt({line},-0.12),A(X,Y),A(X,Y)*(-{line}/0.12)"
        f"+BLACK*(1+{line}/0.12)),if(lt({line},0.05),FIRE,B(X,Y)))"
    )


def _swirl() -> str:
    x, y = "(X-W/2)", "(Y-H/2)"
    angle = f"({_MIDDLE}*6*max(0,1-hypot({x},{y})/(0.75*hypot(W,H)/2)))"
    return _mixed(
        f"clip(W/2+{x}*cos({angle})-{y}*sin({angle}),0,W-1)",
        f"clip(H/2+{x}*sin({angle})+{y}*cos({angle}),0,H-1)",
    )


def _ripple() -> str:
    x, y = "(X-W/2)", "(Y-H/2)"
    away = f"max(hypot({x},{y}),1)"
    push = f"({_MIDDLE}*0.05*H*sin({away}/H*40-T*16)/{away})"
    return _mixed(f"clip(X+{x}*{push},0,W-1)", f"clip(Y+{y}*{push},0,H-1)")


def _wave() -> str:
    return _mixed(f"clip(X+{_MIDDLE}*0.08*W*sin(V*18+T*12),0,W-1)", "Y")


def _morph() -> str:
    """Each picture flows towards the other along a slow field."""
    shift = "(0.18*sin(U*6+V*4)+0.12*cos(V*7-U*3))"
    old = f"A(clip(X+W*T*{shift},0,W-1),clip(Y-H*T*{shift},0,H-1))"
    new = f"B(clip(X-W*(1-T)*{shift},0,W-1),clip(Y+H*(1-T)*{shift},0,H-1))"
    return f"{old}*(1-{_SMOOTH})+{new}*{_SMOOTH}"


def _glitch() -> str:
    """Bands jump aside, and more and more of them show the new picture."""
    step = "floor(T*12)"
    band = _DICE.format(x=f"floor(V*18)+{step}*7", y=f"{step}+3")
    jump = f"(({band}-0.5)*0.35*W*{_MIDDLE})"
    chosen = _DICE.format(x="floor(V*18)*3", y="1")
    at = f"clip(X+{jump},0,W-1)"
    return f"if(lt({chosen},(T-0.02)*1.05),B({at},Y),A({at},Y))"


def _zoom_blur() -> str:
    """Both pictures rush towards the eye while one becomes the other."""

    def smeared(picture: str) -> str:
        copies = [f"(1+{_MIDDLE}*{at}*0.09)" for at in range(6)]
        taken = [f"{picture}(W/2+(X-W/2)/{size},H/2+(Y-H/2)/{size})" for size in copies]
        return f"({'+'.join(taken)})/{len(copies)}"

    return f"{smeared('A')}*(1-{_SMOOTH})+{smeared('B')}*{_SMOOTH}"


def _static() -> str:
    """Snow as of a lost signal covers the change."""
    noise = _DICE.format(x="X+floor(T*60)*13", y="Y+floor(T*60)*29")
    share = f"min(1,{_MIDDLE}*1.6)"
    return (
        f"if(lt(T,0.5),A(X,Y),B(X,Y))*(1-{share})+(BLACK+(WHITE-BLACK)*{noise})*{share}"
    )


def _blinds() -> str:
    return "if(lt(mod(V*10,1),T),B(X,Y),A(X,Y))"


DRAWN: dict[str, Drawn] = {
    "rotate": Drawn(
        what="the old picture turns and shrinks away, the new one turns and grows",
        expression=_turn(),
    ),
    "scale": Drawn(what="the new picture grows out of the middle", expression=_scale()),
    "spiral": Drawn(
        what="the new picture grows out of the middle, turning twice",
        expression=_spiral(),
    ),
    "flip": Drawn(what="the picture turns around its upright axis", expression=_flip()),
    "cube": Drawn(
        what="two faces of a cube that turns to the left", expression=_cube()
    ),
    "pageturn": Drawn(what="a page is turned to the left", expression=_page()),
    "kaleidoscope": Drawn(
        what="through mirrored sectors that turn", expression=_kaleidoscope()
    ),
    "shatter": Drawn(
        what="the old picture breaks and its pieces fall", expression=_shatter()
    ),
    "burn": Drawn(
        what="an edge of fire eats the old picture from below", expression=_burn()
    ),
    "swirl": Drawn(what="in a whirl around the middle", expression=_swirl()),
    "ripple": Drawn(what="through rings of water", expression=_ripple()),
    "wave": Drawn(what="through waves from side to side", expression=_wave()),
    "morph": Drawn(what="each picture flows into the other", expression=_morph()),
    "glitch": Drawn(what="in bands that jump aside", expression=_glitch()),
    "zoomblur": Drawn(
        what="both rush towards the eye, blurred", expression=_zoom_blur()
    ),
    "tvstatic": Drawn(what="through snow of a lost signal", expression=_static()),
    "blinds": Drawn(what="in ten bands that open", expression=_blinds()),
}
