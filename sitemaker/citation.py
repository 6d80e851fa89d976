"""How to cite, from CITATION.cff: a sentence and a BibTeX entry, so that the version stands in one place."""

import yaml

MARK = "<!-- citation -->"  # where it goes on its page


def filled(page, cff):
    """The page with the citation in place of the mark; cff: text of CITATION.cff."""
    said = yaml.safe_load(cff)
    author = said["authors"][0]["name"]
    sentence = f"{author}, *{said['title']}*, version {said['version']}, {said['license']} licence."
    fields = {"author": f"{{{author}}}", "title": f"{{{said['title']}}}", "version": said["version"], "note": "Run addresses: ..."}
    entry = "".join(f"  {name:<7} = {{{value}}},\n" for name, value in fields.items())
    return page.replace(MARK, f"> {sentence}\n\n```bibtex\n@software{{Overreach,\n{entry}}}\n```")
