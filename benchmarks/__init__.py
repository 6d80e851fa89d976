"""Speed: the same work done the plain way and our way in one run, and where the time goes.

`python -m benchmarks docs/performance.md` measures and writes the page; nothing here is imported by the model, and no test asserts a time.
"""
