"""Hypotheses that several claims of the toy model share, in LaTeX."""

UNIFORM = (
    r"x_i = 0 \text{ with probability } 1 - p, \text{ else uniform on } [0, 1], "
    r"\text{ independent}, \ 0 < p < 1"
)
TWO_FEATURES = r"n = 2,\ m = 1, \text{ importances } (1, I)"
LOSS = r"L = \sum_i I_i\,\mathbf E\,(x_i - \operatorname{ReLU}(W^{\mathsf T} W x + b)_i)^2"
STABLE = r"\text{stable: at second order in } \varepsilon \text{ along these paths}"
