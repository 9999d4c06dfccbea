"""What specs/jobs/src/main.py measured on the iris data: one run for each learning rate and kind of boosting."""

from runner.model.review import Curve

STEPS = tuple(range(1, 17))
FAST_TRAIN = (
    *(0.21603, 0.076149, 0.040736, 0.02098, 0.012707, 0.0085255, 0.0044305, 0.0033123),
    *(0.0024209, 0.0015331, 0.0012019, 0.00073262, 0.00054476, 0.00033539, 0.00024259, 0.00014211),
)
FAST_TEST = (
    *(0.29858, 0.23827, 0.27347, 0.3215, 0.35615, 0.36527, 0.48479, 0.51998),
    *(0.51556, 0.61128, 0.64133, 0.68412, 0.68648, 0.69384, 0.70261, 0.7626),
)
SLOW_TRAIN = (
    *(0.92572, 0.7911, 0.68169, 0.59193, 0.51664, 0.45353, 0.3998, 0.35402),
    *(0.31473, 0.28022, 0.2508, 0.22495, 0.20302, 0.18348, 0.16646, 0.15162),
)
SLOW_TEST = (
    *(0.9357, 0.80863, 0.70842, 0.62662, 0.55732, 0.50045, 0.4518, 0.41153),
    *(0.37667, 0.34837, 0.32273, 0.30242, 0.28515, 0.26886, 0.25819, 0.24618),
)
# learning rate -> metrics at the end, and the two learning curves
FAST = {"test-accuracy": 0.9, "test-multi_logloss": 0.7626, "train-multi_logloss": 0.00014211}
SLOW = {"test-accuracy": 0.9667, "test-multi_logloss": 0.24618, "train-multi_logloss": 0.15162}


def curves(train: tuple[float, ...], test: tuple[float, ...]) -> tuple[Curve, ...]:
    """The learning curves of one run."""
    return Curve("train-multi_logloss", STEPS, train), Curve("test-multi_logloss", STEPS, test)
