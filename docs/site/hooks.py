# SPDX-License-Identifier: MIT
"""What MkDocs does not do by itself: takes the pages from where they lie in the repository, orders
them as a reader of README.md, of the repository and of a folder, meets their links, and shows the
sources that they link to."""
import logging
import os
import re
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

from mkdocs.structure.files import File

log = logging.getLogger("mkdocs.hooks")
ROOT = Path(__file__).resolve().parents[2]
TAGS = ROOT / "build/docs/als.tag"  # what Doxygen found, and where it describes it
SHOWN_AS_THEY_ARE = (".md", ".svg", ".png", ".csv")
LANGUAGES = {".hpp": "cpp", ".cpp": "cpp", ".py": "python", ".sh": "bash", ".cmake": "cmake"}
SOURCES_IN_ORDER = (".hpp.md", ".cpp.md")

# The tab of each folder. Pages of other folders are under the tab of the folder above.
TABS = {
    "docs/guide": "Guide",
    "docs/migration": "Migration",
    "docs": "In depth",
    "examples": "Examples",
    "include/als": "Reference",
    "": "Project",
}

# A link of Markdown or HTML to a place in the repository. C++ has `](` too, but no file behind it.
LINK = re.compile(r"""(\]\(|\]: +|(?:src|srcset|href)=")([^)\s#:"]+)""")


def markdown_pages():
    """The texts of all Markdown files, by their paths from the root."""
    pages = {}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name != "build" and name[0] != ".")
        for name in sorted(names):
            if name.endswith(".md") and Path(folder) != Path(__file__).parent:
                path = Path(folder, name)
                pages[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return pages


def linked(uri, text):
    """The files and folders of the repository that a page links to, in its order."""
    targets = (normpath(join(dirname(uri), target)) for _, target in LINK.findall(text))
    return [target for target in targets if target[:2] != ".." and (ROOT / target).exists()]


def shown_at(uri):
    """The page of the site that shows a file or a folder of the repository."""
    if (ROOT / uri).is_dir():
        return normpath(join(uri, "README.md"))
    return uri if uri.endswith(SHOWN_AS_THEY_ARE) else uri + ".md"


def opening_comment(path, text):
    """The comment with which a source begins, but the licence."""
    sign = "//" if path.suffix in (".hpp", ".cpp") else "#"
    lines = re.match(rf"(?:{sign}.*\n)*", text)[0].splitlines()
    return "\n".join(line.lstrip(sign + " ") for line in lines if not re.search("SPDX|#!", line))


def names_by_header():
    """For each public header, links from the names that it declares to their description."""
    places = {}
    headers = {}
    for compound in ElementTree.parse(TAGS).getroot() if TAGS.exists() else ():
        if compound.get("kind") != "file":
            places[compound.findtext("name")] = compound.findtext("filename")
            continue
        names = headers.setdefault(compound.findtext("name"), {})
        for child in compound:
            if child.tag in ("class", "concept"):
                names.setdefault(child.text.removeprefix("als::"), child.text)
            elif child.tag == "member":
                place = child.findtext("anchorfile") + "#" + child.findtext("anchor")
                names.setdefault(child.findtext("name"), place)
    link = '<a href="../../reference/{}"><code>{}</code></a>'
    for header, names in headers.items():
        links = (link.format(places.get(place, place), name) for name, place in names.items())
        headers[header] = ", ".join(links)
    return headers


def page_of_source(uri, names):
    path = ROOT / uri
    text = path.read_text(encoding="utf-8")
    page = f"# {path.name}\n\n{opening_comment(path, text)}\n\n"
    if path.match("include/als/*.hpp") and names.get(path.name):
        page += f"Declares {names[path.name]}.\n\n"
    code = f'~~~~{{.{LANGUAGES.get(path.suffix, "text")} title="{uri}"}}\n{text}~~~~'
    return page + f"<div data-search-exclude markdown>\n\n{code}\n\n</div>\n"


def page_of_folder(uri):
    """A list of the programs in a folder, each with the first sentence of its comment."""
    page = f"# {uri}\n\n"
    for path in sorted((ROOT / uri).glob("*.cpp")):
        comment = opening_comment(path, path.read_text(encoding="utf-8")).replace("\n", " ")
        page += f"- [{path.name}]({path.name}): {re.split('(?<=[.?]) ', comment)[0]}\n"
    return page


def reading_order(pages):
    """Pages in the order in which a reader meets links to them, from README.md; then all others.
    Last come the sources, by their names."""
    order = {"README.md": None}
    queue = ["README.md"]
    for uri in queue:
        for target in map(shown_at, linked(uri, pages[uri])):
            if target in pages and target not in order:
                order[target] = None
                queue.append(target)
    order.update(dict.fromkeys(pages))
    return sorted(order, key=lambda uri: uri if uri.endswith(SOURCES_IN_ORDER) else "")


def on_files(files, config):
    pages = markdown_pages()
    names = names_by_header()
    wanted = [target for uri, text in pages.items() for target in linked(uri, text)]
    for pattern in ("include/als/*.hpp", "examples/*.cpp"):
        wanted += sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
    for uri in dict.fromkeys(wanted):
        at = shown_at(uri)
        if at in pages:
            continue
        if at == uri:
            files.append(File.generated(config, uri, abs_src_path=str(ROOT / uri)))
        else:
            pages[at] = page_of_folder(uri) if (ROOT / uri).is_dir() else page_of_source(uri, names)
    for uri, text in pages.items():
        files.append(File.generated(config, uri, content=text))

    tabs = {folder: [] for folder in TABS}
    for uri in reading_order(pages)[1:]:
        folder = dirname(uri)
        while folder not in TABS:
            folder = dirname(folder)
        tabs[folder].append(uri)
    for folder, uris in tabs.items():
        index = join(folder, "README.md")
        first = [index, *map(shown_at, linked(index, pages.get(index, "")))]
        uris.sort(key=lambda uri: first.index(uri) if uri in first else len(first))
    tabs["include/als"].insert(0, {"By task": "reference/index.html"})
    config.nav = [{"Start": "README.md"}]
    config.nav += [{TABS[folder]: uris} for folder, uris in tabs.items() if uris]
    return files


def on_page_markdown(markdown, page, config, files):
    if page.file.src_uri == "README.md":
        page.meta["hide"] = ["navigation"] # which would only be a link to itself

    def link(found):
        target = normpath(join(dirname(page.file.src_uri), found[2]))
        if found[1].endswith('"') and "reference/" not in target and not (ROOT / target).exists():
            log.warning("%s: no file %s", page.file.src_uri, target)
        shown = shown_at(target)
        if shown == target or not files.get_file_from_path(shown):
            return found[0]
        return found[1] + found[2].rstrip("/") + shown[len(target):]

    return LINK.sub(link, markdown)
