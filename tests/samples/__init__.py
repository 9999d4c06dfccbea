"""Sample comments, as reviews, as Markdown and as pictures: `make samples`."""
