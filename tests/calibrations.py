"""Calibrations that make thresholds what a test wants them to be."""

from ppl_engine.findings.calibration import Calibration, Tail


def calibration(
    *, suspicion_bits: float = 8.0, mistake_bits: float = 0.0, surprise_bits: float = 0.0
) -> Calibration:
    """Return one by which these are the thresholds, whatever rates are asked for."""
    return Calibration(
        suspicion_bits=suspicion_bits,
        mistakes=always(mistake_bits),
        surprises=always(surprise_bits),
        passages=always(0.0),
    )


def always(strength: float) -> Tail:
    """Return a tail in which all strengths are one."""
    return Tail(1000, (strength,))
