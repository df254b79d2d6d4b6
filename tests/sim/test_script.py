import pytest

from edge.sim.script import Fails, LightStep, PartReturns, PartVanishes, Passerby, Script, WalksThrough


@pytest.mark.parametrize(
    ("second", "gain"),
    [
        pytest.param(0.9, 1.0, id="nothing-before-the-cue"),
        pytest.param(1.2, 0.8, id="half-way-up-the-ramp-half-the-step"),
        pytest.param(5.0, 0.6, id="it-stays-so"),
        pytest.param(10.0, 1.2, id="a-step-without-ramp-is-done-at-once"),
    ],
)
def test_light(second: float, gain: float) -> None:
    script = Script(20.0, (LightStep(10.0, 1.2, ramp_s=0.0), LightStep(1.0, 0.6)))
    assert script.at(second).gain == pytest.approx(gain)


@pytest.mark.parametrize(
    ("second", "missing"),
    [
        pytest.param(0.0, {4}, id="a-part-that-only-returns-is-missing-at-first"),
        pytest.param(2.0, {4, 7}, id="gone-from-its-moment-on"),
        pytest.param(3.0, {7}, id="another-returns"),
        pytest.param(5.0, set(), id="back-from-its-moment-on"),
    ],
)
def test_missing_parts(second: float, missing: set[int]) -> None:
    script = Script(9.0, (PartReturns(5.0, 7), PartVanishes(2.0, 7), PartReturns(3.0, 4)))
    assert script.at(second).missing == missing


@pytest.mark.parametrize(
    ("second", "passersby"),
    [
        pytest.param(1.9, (), id="not-yet"),
        pytest.param(4.0, (Passerby(0.5, 0.8, rightward=False),), id="half-way"),
        pytest.param(6.1, (), id="gone"),
    ],
)
def test_somebody_crosses(second: float, passersby: tuple[Passerby, ...]) -> None:
    script = Script(9.0, (WalksThrough(2.0, 4.0, feet=0.8, rightward=False),))
    assert script.at(second).passersby == passersby


@pytest.mark.parametrize(
    ("second", "failed"),
    [
        pytest.param(1.9, False, id="before"),
        pytest.param(2.0, True, id="from-its-moment-on"),
        pytest.param(3.0, False, id="and-back"),
    ],
)
def test_the_camera_fails(second: float, failed: bool) -> None:  # noqa: FBT001 - a column of the table
    assert Script(9.0, (Fails(2.0, 1.0),)).at(second).failed == failed
