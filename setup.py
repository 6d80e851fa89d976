"""What pyproject.toml cannot say: data that lie beside the packages travel inside them, so that a wheel works without a checkout."""

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

DATA = {  # package: {folder inside it: patterns of files in the checkout, under a folder of the same name}
    "agents": {"worlds": ("*/world.toml", "*/*.csv", "*/README.md")},
    "experiments": {"results": ("README.md", "*/README.md", "*/table.csv"), "docs": ("references.bib",)},
}


class BuildWithData(build_py):
    """Builds the packages, and puts their data into them; an editable install finds the data in the checkout."""

    def run(self):
        """Build."""
        super().run()
        if getattr(self, "editable_mode", False):
            return
        for package, folders in DATA.items():
            for folder, patterns in folders.items():
                for source in sorted(path for pattern in patterns for path in Path(folder).glob(pattern)):
                    target = Path(self.build_lib) / package / source
                    self.mkpath(str(target.parent))
                    copyfile(source, target)


setup(cmdclass={"build_py": BuildWithData})
