"""A comment as a page of HTML, close to how GitHub shows it: the Markdown, a style of our own, charts by Mermaid."""

import html

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# Near GitHub's look: a column of 800 pixels, its sizes and its colours.
STYLE = """
:root { --text: #1f2328; --faint: #59636e; --page: #fff; --soft: #f6f8fa; --line: #d1d9e0; --link: #0969da;
  --add: #dafbe1; --remove: #ffebe9; --look: #fff8c5; --code: #818b981f; }
.dark { --text: #f0f6fc; --faint: #9198a1; --page: #0d1117; --soft: #151b23; --line: #3d444d; --link: #4493f8;
  --add: #033a16; --remove: #67060c; --look: #5a3600; --code: #656c7633; }
body { margin: 0; padding: 20px 24px; background: var(--page); width: 800px; color: var(--text);
  font: 14px/1.5 "Noto Sans", "Liberation Sans", sans-serif, "Noto Color Emoji"; overflow-wrap: break-word; }
.comment { border: 1px solid var(--line); border-radius: 6px; }
.who { padding: 8px 16px; background: var(--soft); border-bottom: 1px solid var(--line); color: var(--faint);
  border-radius: 6px 6px 0 0; }
.who b { color: var(--text); }
.body { padding: 16px; }
.body > :first-child, blockquote > :first-child { margin-top: 0; }
.body > :last-child, blockquote > :last-child { margin-bottom: 0; }
h3 { font-size: 1.25em; margin: 24px 0 16px; } h4 { font-size: 1em; margin: 24px 0 16px; }
p, ul, table, pre, details, blockquote { margin: 0 0 16px; }
h3 code, h4 code { font-size: inherit !important; }
ul { padding-left: 2em; }
a { color: var(--link); }
code, pre { font-family: "Liberation Mono", monospace; font-size: 12px; line-height: 1.45; }
:not(pre) > code { padding: .2em .4em; background: var(--code); border-radius: 6px; white-space: break-spaces; }
pre { padding: 16px; background: var(--soft); border-radius: 6px; overflow: auto; }
pre.mermaid { background: none; border: 1px solid var(--line); text-align: center; padding: 8px; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { border: 1px solid var(--line); padding: 6px 13px; } tr:nth-child(2n) td { background: var(--soft); }
blockquote { border-left: .25em solid #1f6feb; padding: 0 1em; }
blockquote p:first-child::before { content: "Note"; display: block; color: var(--link); font-weight: 600; }
details > summary { cursor: pointer; }
.add { background: var(--add); } .remove { background: var(--remove); } .look { background: var(--look); }
.add, .remove, .look { display: inline-block; width: 100%; } .hunk { color: #8250df; font-weight: 600; }
"""
_DIFF = {"+": "add", "-": "remove", "!": "look", "@": "hunk"}


def rendered(markdown: str) -> str:
    """The Markdown as HTML, by GitHub's rules as far as the library has them."""
    renderer = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    renderer.add_render_rule("fence", _fence)
    return str(renderer.render(markdown.replace("> [!NOTE]\n", "")))


def _fence(_: RendererHTML, tokens: list[Token], index: int, *__: object) -> str:
    token = tokens[index]
    if token.info == "mermaid":
        return f'<pre class="mermaid">{html.escape(token.content)}</pre>\n'
    lines = token.content.splitlines()
    marked = [f'<span class="{_DIFF.get(line[:1], "")}">{html.escape(line)}</span>' for line in lines]
    return f"<pre>{chr(10).join(marked if token.info == 'diff' else map(html.escape, lines))}</pre>\n"


def page(markdown: str, *, dark: bool, unfold: bool) -> str:
    """The whole document; it asks for mermaid.min.js beside it."""
    body = rendered(markdown)
    if unfold:
        body = body.replace("<details>", "<details open>")
    theme = "dark" if dark else "default"
    return f"""<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body class="{theme}">
<div class="comment"><div class="who"><b>github-actions</b> bot commented</div><div class="body">{body}</div></div>
<script src="mermaid.min.js"></script>
<script>mermaid.initialize({{startOnLoad: false, securityLevel: "strict", theme: "{theme}"}});
mermaid.run().then(() => document.body.dataset.done = "yes", error => document.body.dataset.done = String(error));
</script>"""
