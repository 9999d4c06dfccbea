"""Train a LightGBM classifier on the iris data set and log it with MLflow.

Runs unchanged on Azure ML and on a laptop: Python 3.7 and later, LightGBM 3.2 and later, any MLflow with autologging.
MLflow reads where to log from the environment that the job is started in.
"""

import argparse

import lightgbm as lgb
import mlflow
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

LABEL = "species"
ROUNDS = 16
SEED = 42  # the same split and the same model every time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iris-csv", required=True, help="CSV file with a header and a column '%s'" % LABEL)
    parser.add_argument("--learning-rate", type=float, default=0.1, help="shrinkage of each round (default: %(default)s)")
    parser.add_argument("--boosting", default="gbdt", help="gbdt or dart (default: %(default)s)")
    return parser.parse_args()


def load(path):
    """The measurements, the species as numbers 0..n-1, and the species' names in that order."""
    table = pd.read_csv(path)
    encoder = LabelEncoder()
    labels = encoder.fit_transform(table[LABEL])
    return table.drop(columns=LABEL), labels, list(encoder.classes_)


def train(parts, classes, arguments):
    """A booster trained on four fifths of the rows; autologging records it, its parameters and its learning curves."""
    train_x, test_x, train_y, test_y = parts
    params = {
        "objective": "multiclass",
        "num_class": len(classes),
        "metric": "multi_logloss",
        "learning_rate": arguments.learning_rate,
        "boosting": arguments.boosting,
        "seed": SEED,
        "verbosity": -1,
    }
    train_set = lgb.Dataset(train_x, label=train_y)
    test_set = lgb.Dataset(test_x, label=test_y, reference=train_set)
    return lgb.train(
        params, train_set, num_boost_round=ROUNDS, valid_sets=[train_set, test_set], valid_names=["train", "test"]
    )


def main():
    arguments = parse_arguments()
    print("reading %s" % arguments.iris_csv, flush=True)
    rows, labels, classes = load(arguments.iris_csv)
    parts = train_test_split(rows, labels, test_size=0.2, stratify=labels, random_state=SEED)
    print("%d rows to train, %d to test, classes: %s" % (len(parts[0]), len(parts[1]), ", ".join(classes)), flush=True)

    mlflow.autolog()
    with mlflow.start_run():
        print("training %d rounds, then logging the model" % ROUNDS, flush=True)
        model = train(parts, classes, arguments)
        probabilities = model.predict(parts[1])
        metrics = {
            "test-accuracy": accuracy_score(parts[3], probabilities.argmax(axis=1)),
            # Autologging writes the same name round by round: this is the end of that curve.
            "test-multi_logloss": log_loss(parts[3], probabilities),
        }
        mlflow.log_metrics(metrics, step=ROUNDS)
    print("done: " + ", ".join("%s %.4f" % item for item in metrics.items()), flush=True)


if __name__ == "__main__":
    main()
