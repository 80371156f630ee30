"""Texts from public bug reports, with their neighbours, and what a reader must see.

Each is (text of the model, outline); see `tests/support/markdown_reader.py` for the outline.
"""

from __future__ import annotations

# ruff: noqa: E501  (a text stays on one line, beside what a reader sees of it)

DIRECTIVES = [
    (
        "root:x:0:0:root:/root:/bin/bash, :material/home: icons, :red[danger] text, :smile:",
        "<p>root:x:0:0:root:/root:/bin/bash, :material/home: icons, :red[danger] text, :smile:</p>",
    ),
    ("a:hover{color:red}", "<p>a:hover{color:red}</p>"),
    ("user:string[]", "<p>user:string[]</p>"),
    ("x[1:n[0]]", "<p>x[1:n[0]]</p>"),
    ("John 3:16[a]", "<p>John 3:16[a]</p>"),
    ("score 2:1[3]", "<p>score 2:1[3]</p>"),
    ("host:port[8080]", "<p>host:port[8080]</p>"),
    (":note[this matters]", "<p>:note[this matters]</p>"),
    ("::before{content: 'x'}", "<p>::before{content: 'x'}</p>"),
    (":::tip\nRead this.\n:::", "<p>:::tip⏎Read this.⏎:::</p>"),
    ("- :small[print] and :blue-background[x]", "<ul><li>:small[print] and :blue-background[x]</li></ul>"),
    ("std::vector::size, Foo::bar[0] and a::b:c", "<p>std::vector::size, Foo::bar[0] and a::b:c</p>"),
    ("At 12:30:45, :streamlit: and :material_home: are text", None),
    (":+1: :-1: :100: a:b:c", "<p>:+1: :-1: :100: a:b:c</p>"),
    ("**key:** value, *a:*b[1] :help[x]", "<p>key: value, *a:*b[1] :help[x]</p>"),
    (
        "| a:b[1] | :x: |\n| --- | --- |\n| c:d{e} | 1:2 |",
        "<table><thead><tr><th>a:b[1]</th><th>:x:</th></tr></thead><tbody><tr><td>c:d{e}</td><td>1:2</td></tr></tbody></table>",
    ),
    ("`:red[x] :smile:` and :shimmer[y]", "<p>`:red[x] :smile:` and :shimmer[y]</p>"),
    ('use `icon=":material/home:"` here', '<p>use `icon=":``material/home:"` here</p>'),
]
TILDES = [
    ("大约3~5天，价格100~200元。", "<p>大约3~5天，价格100~200元。</p>"),
    ("about ~5 to ~10, a~b~c, ~/bin and ~user~", "<p>about ~5 to ~10, a~b~c, ~/bin and ~user~</p>"),
    ("~~gone~~ and ~not~ gone", "<p>gone and ~not~ gone</p>"),
    ("x ~= y and ~ z ~", "<p>x ~= y and ~ z ~</p>"),
]
DOLLARS = [
    ("The stock is at **$250**: buy **$TSLA** now.", "<p>The stock is at $250: buy $TSLA now.</p>"),
    ("From *$5* up to *$x*.", "<p>From $5 up to $x.</p>"),
    ("US$5, C$6, $1,000 and 5$.", "<p>US$5, C$6, $1,000 and 5$.</p>"),
    (
        "It costs $5 or $10, $3.50 each; ~$4 is $1.50 less.",
        "<p>It costs $5 or $10, $3.50 each; ~$4 is $1.50 less.</p>",
    ),
    ("echo $HOME:$PATH and ${x} $1", "<p>echo $HOME:$PATH and ${x} $1</p>"),
    ("Let $x^2 + y_1 = 5$ and $\\alpha$.", "<p>Let ⟦x^2 + y_1 = 5⟧ and ⟦\\alpha⟧.</p>"),
    ("$x_1, x_2$ are $n$ numbers", "<p>⟦x_1, x_2⟧ are ⟦n⟧ numbers</p>"),
    ("**Price: $5** and _$6_ to __$7__", "<p>Price: $5 and $6 to $7</p>"),
    ("$AAPL, $MSFT and $GOOG fell; *$AAPL* most", "<p>$AAPL, $MSFT and $GOOG fell; $AAPL most</p>"),
    (
        "| $5 | $6 |\n| --- | --- |\n| *$7* | $x$ |",
        "<table><thead><tr><th>$5</th><th>$6</th></tr></thead><tbody><tr><td>$7</td><td>⟦x⟧</td></tr></tbody></table>",
    ),
]
EMPHASIS = [
    ("これは**「重要」**です。", "<p>これは「重要」です。</p>"),
    ("**注意：**必ず読んでください。", "<p>注意：必ず読んでください。</p>"),
    ("**중요(필수)**는", "<p>중요(필수)는</p>"),
    ("这是**“重点”**内容，还有**重点。**后面", "<p>这是“重点”内容，还有重点。后面</p>"),
    ("~~「旧」~~は使わない。値段は~~100円。~~80円", "<p>「旧」は使わない。値段は100円。80円</p>"),
    ("GPT**「四」**と*（斜体）*と***「両方」***です", "<p>GPT「四」と（斜体）と「両方」です</p>"),
    ("2 ** 3 と 4 * 5 の「積」です", "<p>2 ** 3 と 4 * 5 の「積」です</p>"),
    ("**太字**「括弧」と**太字**（丸）", "<p>太字「括弧」と太字（丸）</p>"),
    ("a**b**c and 5*6*7", "<p>abc and 567</p>"),
]
CODE = [
    (
        "Run this:\n\n    echo $HOME costs $5\n    ls ![x](y)\n",
        "<p>Run this:</p><pre>echo¦$HOME¦costs¦$5↵ls¦![x](y)</pre>",
    ),
    ("    echo $HOME\n    a:b[1] -> c\n\nDone: $5", "<pre>echo¦$HOME↵a:b[1]¦->¦c</pre><p>Done: $5</p>"),
    (
        "- Do:\n\n      ls $HOME ~x~\n\n  then",
        "<ul><li><p>Do:</p><pre>ls¦$HOME¦~x~</pre><p>then</p></li></ul>",
    ),
    ("1. a\n\n       code $1\n2. b", "<ol><li><p>a</p><pre>code¦$1</pre></li><li><p>b</p></li></ol>"),
    ("> quote\n>\n>     code :x: $y\n", "<blockquote><p>quote</p><pre>code¦:x:¦$y</pre></blockquote>"),
    ("text\n    goes on: $5", "<p>text⏎goes on: $5</p>"),
    ("~~~\n:::x -> $5\n~~~\n```mermaid\ngraph TD\n```", "<pre>:::x¦->¦$5</pre><pre>graph¦TD</pre>"),
    ("`$6` and ``a`b`` and it`s $5", "<p>`$6` and `a`b` and it`s $5</p>"),
]
FORMULAS = [
    ("> The formula is\n> $$\n> E = mc^2\n> $$", "<blockquote><p>The formula is</p>⟦E = mc^2⟧</blockquote>"),
    ("- so:\n  $$\n  x = 1\n  $$\n- next", "<ul><li>so:⟦x = 1⟧</li><li>next</li></ul>"),
    ("> \\[ a = b \\]\n> after", "<blockquote>⟦a = b⟧<p>after</p></blockquote>"),
    ("so \\(x^2\\) is, and \\[y\\] too", "<p>so ⟦x^2⟧ is, and ⟦\\displaystyle y⟧ too</p>"),
    ("\\[not a link\\](/foo) and \\(aside\\)", "<p>[not a link](/foo) and (aside)</p>"),
]
CELLS = [
    (
        "| a | b |\n|---|---|\n| one<br>two | x<BR/>y |",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>one⏎two</td><td>x⏎y</td></tr></tbody></table>",
    ),
    (
        "| a |\n|---|\n| `<br>` <b>x</b> <branch> |",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>`<br>` <b>x</b> <branch></td></tr></tbody></table>",
    ),
    (
        'Outside a table<br>it is text, as is <div class="a:b">',
        '<p>Outside a table<br>it is text, as is <div class="a:b"></p>',
    ),
    (
        "List<String> x <y and Map<int, Foo<bar>> <!-- z -->",
        "<p>List<String> x <y and Map<int, Foo<bar>> <!-- z --></p>",
    ),
]
ADDRESSES = [
    ("https://x.example/。次", "<p>https://x.example/。次</p>"),
    ("見て（https://x.example/a_b_c*d*e）ください", "<p>見て（https://x.example/a_b_c*d*e）ください</p>"),
    (
        "**https://x.example:8080/a[1]** and (www.x.example/b).",
        "<p>https://x.example:8080/a[1] and (www.x.example/b).</p>",
    ),
    (
        "<https://x.example/a:b[c]> <mailto:a@b.example> a@b.example",
        "<p>https://x.example/a:b[c] mailto:a@b.example a@b.example</p>",
    ),
    ("[site](https://x.example:80/a:b_c) and [x]: no", "<p>site and [x]: no</p>"),
]
SIGNS = [
    ("npm run -- test, x <= y, a -> b, wait...", "<p>npm run -- test, x <= y, a -> b, wait...</p>"),
    ("a <- b <-> c >= d ~= e --> f -- g", "<p>a <- b <-> c >= d ~= e --> f -- g</p>"),
    ("-- comment\nSELECT 1 --", "<p>-- comment⏎SELECT 1 --</p>"),
    ("**a** -> *b* (->) `->` -> -- .", "<p>a -> b (->) `->` -> -- .</p>"),
    (
        "x | y\n-- | --\n1 -> | 2 --",
        "<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1 -></td><td>2 --</td></tr></tbody></table>",
    ),
    ("Title\n--\ntext -- more", "<h2>Title</h2><p>text -- more</p>"),
]
LINES = [
    (
        "An old silent pond\nA frog jumps into the pond\nSplash! Silence again.",
        "<p>An old silent pond⏎A frog jumps into the pond⏎Splash! Silence again.</p>",
    ),
    ("- one\n  two\n- three\\\n  four  \n  five", "<ul><li>one⏎two</li><li>three⏎four⏎five</li></ul>"),
    ("> a\nb\n\n# c\nd", "<blockquote><p>a⏎b</p></blockquote><h1>c</h1><p>d</p>"),
    ("1\\. a\r\nb\rc", "<p>1. a⏎b⏎c</p>"),
    ("a `b\nc` d", "<p>a `b c` d</p>"),
    ("Title\n===\nTwo  \nthree", "<h1>Title</h1><p>Two⏎three</p>"),
]
IMAGES = [
    ("Here: ![a chart](x.png) and [![b](y)](z)", None),
    ("interval [0, 1) and [a\nnext", "<p>interval [0, 1) and [a⏎next</p>"),
]
ICONS_IN_CODE = [
    (
        "```py\nicon=':material/home:' :material/\n```\n\n:material/home:",
        "<pre>icon=':material/home:'¦:material/</pre><p>:material/home:</p>",
    ),
    (
        'Run:\n\n    st.button(icon=":material/home:")',
        '<p>Run:</p><pre>st.button(icon=":material/home:")</pre>',
    ),
    ("- ~~~\n  :material/a:material/b\n  ~~~", "<ul><li><pre>:material/a:material/b</pre></li></ul>"),
]
RIGHT_TO_LEFT = [
    ("- שלום\n- **מה** נשמע\n\n  עוד", "<ul><li><p>שלום</p></li><li><p>מה נשמע</p><p>עוד</p></li></ul>"),
    (
        "1. مرحبا: $5\n2. (مثال) `x`\n   - one",
        "<ol><li>مرحبا: $5</li><li>(مثال) `x`<ul><li>one</li></ul></li></ol>",
    ),
    ("- one\n- 🎉 שלום\n- *«מה»*", "<ul><li>one</li><li>🎉 שלום</li><li>«מה»</li></ul>"),
    ("> * שלום\n>   שורה", "<blockquote><ul><li>שלום⏎שורה</li></ul></blockquote>"),
]
DIRECTIVES[12] = (DIRECTIVES[12][0], f"<p>{DIRECTIVES[12][0]}</p>")
IMAGES[0] = (IMAGES[0][0], "<p>Here: ![a chart](x.png) and ![b](y)</p>")
REPORTS: list[tuple[str, str]] = [
    *DIRECTIVES, *TILDES, *DOLLARS, *EMPHASIS, *CODE, *FORMULAS, *CELLS, *ADDRESSES, *SIGNS, *LINES, *IMAGES,
    *ICONS_IN_CODE, *RIGHT_TO_LEFT,
]  # fmt: skip
