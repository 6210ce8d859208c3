"""Matrices of colours, and the filters that apply them."""

from __future__ import annotations

from functools import reduce
from typing import TypeAlias

from farm.effects.model import Filter, Steps, filter_of

Row: TypeAlias = tuple[float, float, float]
Matrix: TypeAlias = tuple[Row, Row, Row]

#: Weights of red, green and blue in luma (ITU-R BT.709).
LUMA: Row = (0.2126, 0.7152, 0.0722)
IDENTITY: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
#: ITU-R BT.709 and BT.2020 share the white point D65.
D65 = (0.3127, 0.3290)
BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
#: Bradford's cone responses (K. M. Lam, 1985), as ICC profiles use them.
_BRADFORD: Matrix = (
    (0.8951, 0.2664, -0.1614),
    (-0.7502, 1.7135, 0.0367),
    (0.0389, -0.0685, 1.0296),
)


def multiply(*matrices: Matrix) -> Matrix:
    """Return the product; the last one is applied first."""
    return reduce(_product, matrices)


def _product(one: Matrix, other: Matrix) -> Matrix:
    rows = [
        tuple(sum(row[k] * other[k][at] for k in range(3)) for at in range(3))
        for row in one
    ]
    return rows[0], rows[1], rows[2]  # type: ignore[return-value]  # rows of three


def apply(matrix: Matrix, vector: Row) -> Row:
    """Return a matrix times a column."""
    red, green, blue = (sum(row[at] * vector[at] for at in range(3)) for row in matrix)
    return red, green, blue


def invert(m: Matrix) -> Matrix:
    """Return the inverse."""
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det),
        ((f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det),
        ((d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det),
    )


def diagonal(red: float, green: float, blue: float) -> Matrix:
    """Return what multiplies each colour by itself."""
    return (red, 0, 0), (0, green, 0), (0, 0, blue)


def gain(factor: float) -> Matrix:
    """Return what multiplies all colours."""
    return diagonal(factor, factor, factor)


def saturate(factor: float) -> Matrix:
    """Return what multiplies the distance from grey, and keeps luma."""
    rows = [
        tuple(LUMA[at] * (1 - factor) + (factor if at == row else 0) for at in range(3))
        for row in range(3)
    ]
    return rows[0], rows[1], rows[2]  # type: ignore[return-value]  # rows of three


def blend(matrix: Matrix, amount: float) -> Matrix:
    """Return a matrix, of which an amount of 0 is nothing and 1 all."""
    rows = [
        tuple(
            IDENTITY[row][at] * (1 - amount) + matrix[row][at] * amount
            for at in range(3)
        )
        for row in range(3)
    ]
    return rows[0], rows[1], rows[2]  # type: ignore[return-value]  # rows of three


def to_xyz(
    primaries: tuple[tuple[float, float], ...], white: tuple[float, float]
) -> Matrix:
    """Return the matrix from linear RGB to CIE XYZ (SMPTE RP 177)."""
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    raw: Matrix = (
        (columns[0][0], columns[1][0], columns[2][0]),
        (columns[0][1], columns[1][1], columns[2][1]),
        (columns[0][2], columns[1][2], columns[2][2]),
    )
    scale = apply(invert(raw), white_xyz(white))
    return multiply(raw, diagonal(*scale))


def white_xyz(white: tuple[float, float]) -> Row:
    """Return XYZ of a chromaticity, with Y = 1."""
    return white[0] / white[1], 1.0, (1 - white[0] - white[1]) / white[1]


def adapt(source: tuple[float, float], target: tuple[float, float]) -> Matrix:
    """Return the matrix in linear BT.709 that turns one white into another."""
    one = apply(_BRADFORD, white_xyz(source))
    other = apply(_BRADFORD, white_xyz(target))
    cones = diagonal(*(b / a for a, b in zip(one, other, strict=True)))
    rgb = to_xyz(BT709, D65)
    return multiply(invert(rgb), invert(_BRADFORD), cones, _BRADFORD, rgb)


def mixer(matrix: Matrix) -> Filter:
    """Return the filter that applies a matrix; its factors are kept to ±2."""
    names = ("rr", "rg", "rb", "gr", "gg", "gb", "br", "bg", "bb")
    values = [value for row in matrix for value in row]
    options = {
        name: f"{min(2.0, max(-2.0, value)):.6f}"
        for name, value in zip(names, values, strict=True)
    }
    return filter_of("colorchannelmixer", **options)


def lut(red: str, green: str | None = None, blue: str | None = None) -> Filter:
    """Return a filter that maps each colour; `{v}` is its value from 0 to 1."""
    values = (red, green or red, blue or red)
    options = {
        name: f"clip({each.replace('{v}', '(val/maxval)')},0,1)*maxval"
        for name, each in zip("rgb", values, strict=True)
    }
    return filter_of("lutrgb", **options)


#: Between a BT.709 signal and linear light: its OETF and the inverse.
TO_LINEAR = "if(lt({v},0.081),{v}/4.5,pow(({v}+0.099)/1.099,1/0.45))"
FROM_LINEAR = "if(lt({v},0.018),4.5*{v},1.099*pow({v},0.45)-0.099)"


#: By so much a matrix may brighten a colour; the filter's own factors end at 2.
_ROOM = 8


def mix_in_linear_light(matrix: Matrix) -> Steps:
    """Return steps that apply a matrix of any factors; they want RGB of 16 bits."""
    return (
        lut(TO_LINEAR),
        mixer(multiply(gain(1 / _ROOM), matrix)),
        lut(FROM_LINEAR.replace("{v}", f"(min({{v}}*{_ROOM},1))")),
    )


def in_linear_light(*steps: Filter) -> Steps:
    """Return steps that are done in linear light; they want RGB of 16 bits."""
    return lut(TO_LINEAR), *steps, lut(FROM_LINEAR)
