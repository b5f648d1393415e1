"""Kernels for products of small matrices with long rows, four rows by four at a time.

Sixteen products for eight loads keep the arithmetic busy, not the memory; a library's general
product is about half as fast at such shapes.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy.typing as npt

from .compiling import compiled

Array = npt.NDArray[Any]


@partial(compiled, inline=False)
def add_multiple(left: Array, right: Array, out: Array) -> None:
    """Add a product: out (r, columns) += left (r, s) right (s, columns)."""
    rows, inner = left.shape
    columns = right.shape[1]
    for i in range(0, rows - 3, 4):
        out0, out1, out2, out3 = out[i], out[i + 1], out[i + 2], out[i + 3]
        for j in range(0, inner - 3, 4):
            a00, a01, a02, a03 = left[i, j], left[i, j + 1], left[i, j + 2], left[i, j + 3]
            a10, a11 = left[i + 1, j], left[i + 1, j + 1]
            a12, a13 = left[i + 1, j + 2], left[i + 1, j + 3]
            a20, a21 = left[i + 2, j], left[i + 2, j + 1]
            a22, a23 = left[i + 2, j + 2], left[i + 2, j + 3]
            a30, a31 = left[i + 3, j], left[i + 3, j + 1]
            a32, a33 = left[i + 3, j + 2], left[i + 3, j + 3]
            for k in range(columns):
                x0, x1, x2, x3 = right[j, k], right[j + 1, k], right[j + 2, k], right[j + 3, k]
                out0[k] += a00 * x0 + a01 * x1 + a02 * x2 + a03 * x3
                out1[k] += a10 * x0 + a11 * x1 + a12 * x2 + a13 * x3
                out2[k] += a20 * x0 + a21 * x1 + a22 * x2 + a23 * x3
                out3[k] += a30 * x0 + a31 * x1 + a32 * x2 + a33 * x3
        for j in range(inner - inner % 4, inner):
            a0, a1, a2, a3 = left[i, j], left[i + 1, j], left[i + 2, j], left[i + 3, j]
            for k in range(columns):
                x = right[j, k]
                out0[k] += a0 * x
                out1[k] += a1 * x
                out2[k] += a2 * x
                out3[k] += a3 * x
    for i in range(rows - rows % 4, rows):
        for j in range(inner):
            a = left[i, j]
            for k in range(columns):
                out[i, k] += a * right[j, k]


@partial(compiled, inline=False)
def add_inner(left: Array, right: Array, out: Array) -> None:
    """Add all inner products of rows: out (r, s) += left (r, columns) right (s, columns)^T."""
    rows, others = left.shape[0], right.shape[0]
    columns = left.shape[1]
    zero = out.dtype.type(0)
    for i in range(0, rows - 3, 4):
        for j in range(0, others - 3, 4):
            s00, s01, s02, s03 = zero, zero, zero, zero
            s10, s11, s12, s13 = zero, zero, zero, zero
            s20, s21, s22, s23 = zero, zero, zero, zero
            s30, s31, s32, s33 = zero, zero, zero, zero
            for k in range(columns):
                x0, x1, x2, x3 = left[i, k], left[i + 1, k], left[i + 2, k], left[i + 3, k]
                y0, y1, y2, y3 = right[j, k], right[j + 1, k], right[j + 2, k], right[j + 3, k]
                s00 += x0 * y0
                s01 += x0 * y1
                s02 += x0 * y2
                s03 += x0 * y3
                s10 += x1 * y0
                s11 += x1 * y1
                s12 += x1 * y2
                s13 += x1 * y3
                s20 += x2 * y0
                s21 += x2 * y1
                s22 += x2 * y2
                s23 += x2 * y3
                s30 += x3 * y0
                s31 += x3 * y1
                s32 += x3 * y2
                s33 += x3 * y3
            out[i, j] += s00
            out[i, j + 1] += s01
            out[i, j + 2] += s02
            out[i, j + 3] += s03
            out[i + 1, j] += s10
            out[i + 1, j + 1] += s11
            out[i + 1, j + 2] += s12
            out[i + 1, j + 3] += s13
            out[i + 2, j] += s20
            out[i + 2, j + 1] += s21
            out[i + 2, j + 2] += s22
            out[i + 2, j + 3] += s23
            out[i + 3, j] += s30
            out[i + 3, j + 1] += s31
            out[i + 3, j + 2] += s32
            out[i + 3, j + 3] += s33
        for j in range(others - others % 4, others):
            s0, s1, s2, s3 = zero, zero, zero, zero
            for k in range(columns):
                y = right[j, k]
                s0 += left[i, k] * y
                s1 += left[i + 1, k] * y
                s2 += left[i + 2, k] * y
                s3 += left[i + 3, k] * y
            out[i, j] += s0
            out[i + 1, j] += s1
            out[i + 2, j] += s2
            out[i + 3, j] += s3
    for i in range(rows - rows % 4, rows):
        for j in range(others):
            total = zero
            for k in range(columns):
                total += left[i, k] * right[j, k]
            out[i, j] += total
