/// The style sheet inside a picture.
enum PictureStyle {
    /// Every rule is bound to our own class, so that a page around the picture keeps its looks. Colours stand for both
    /// pages in full, since some viewers know no custom properties.
    static func sheet(_ styles: PaletteStyles) -> String {
        base
            + styles.rules(prefix: ".hearth", fill: \.light)
            + "@media (prefers-color-scheme:dark){\n" + dark
            + styles.rules(prefix: ".hearth", fill: \.dark)
            + "}\n" + states
    }

    private static let base = """
        .hearth{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
        font-size:12px;overflow:visible;max-width:100%;color-scheme:light dark}
        .hearth:not(:root){height:auto}
        .hearth:root{background:#fdfcfa}
        .hearth .page{fill:#fdfcfa}
        .hearth .heading{font-size:17px;font-weight:650;fill:#26221d;letter-spacing:-.01em}
        .hearth .subtitle,.hearth .status,.hearth .empty{font-size:12px;fill:#6a635a}
        .hearth .status{text-anchor:end}
        .hearth .empty{font-size:14px}
        .hearth .frames{outline:none}
        .hearth .frame{cursor:pointer}
        .hearth .frame rect{rx:2px;stroke-width:1.2}
        .hearth .frame text{font:11px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono","Liberation Mono",Consolas,\
        monospace;fill:#1f1d1a;pointer-events:none;white-space:pre}
        .hearth rect.o+text{font-style:italic;fill:#6a635a}
        .hearth rect.l+text{font-weight:600}
        .hearth foreignObject{overflow:visible}
        .hearth .controls{display:flex;gap:6px;justify-content:flex-end;align-items:center;height:28px;white-space:nowrap}
        .hearth .controls input,.hearth .controls button{font:inherit;box-sizing:border-box;height:26px;margin:0;\
        border:1px solid #cfc8bd;border-radius:6px;background:#fff;color:#26221d}
        .hearth .controls input{width:210px;padding:0 8px;flex:0 1 auto;min-width:70px}
        .hearth .controls input.bad{border-color:#b3261e;color:#b3261e}
        .hearth .controls button{padding:0 10px;cursor:pointer;flex:none}
        .hearth .controls button:hover{background:#f1ede6}
        .hearth .controls button[aria-pressed=true]{background:#26221d;border-color:#26221d;color:#fff}
        .hearth .controls :focus-visible{outline:2px solid #2f6fde;outline-offset:1px}
        .hearth .matched{color:#6a635a;flex:none}
        .hearth .tip{pointer-events:none;box-sizing:border-box;width:max-content;max-width:620px;padding:8px 11px;\
        border:1px solid #d8d1c6;border-radius:8px;background:#fffffff5;color:#26221d;font-size:12px;line-height:1.45;\
        box-shadow:0 4px 18px #0003;overflow-wrap:anywhere}
        .hearth .tip b,.hearth .tip code{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:8;\
        overflow:hidden}
        .hearth .tip b{font:600 12px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono","Liberation Mono",Consolas,\
        monospace}
        .hearth .tip code{font:11px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono","Liberation Mono",Consolas,monospace;\
        color:#6a635a;margin:2px 0}
        .hearth .tip div{margin-top:2px}

        """

    private static let dark = """
        .hearth:root{background:#1a1917}
        .hearth .page{fill:#1a1917}
        .hearth .heading{fill:#f2eee7}
        .hearth .subtitle,.hearth .status,.hearth .empty{fill:#a79f94}
        .hearth .frame text{fill:#f6f3ee}
        .hearth rect.o+text{fill:#b5ada2}
        .hearth .controls input,.hearth .controls button{border-color:#4d4841;background:#262421;color:#f2eee7}
        .hearth .controls input.bad{border-color:#ff8a7e;color:#ff8a7e}
        .hearth .controls button:hover{background:#35322d}
        .hearth .controls button[aria-pressed=true]{background:#f2eee7;border-color:#f2eee7;color:#1a1917}
        .hearth .controls :focus-visible{outline-color:#8ab4ff}
        .hearth .matched{color:#a79f94}
        .hearth .tip{border-color:#4d4841;background:#262421f5;color:#f2eee7;box-shadow:0 4px 18px #000a}
        .hearth .tip code{color:#b5ada2}

        """

    /// After the fills, which they override.
    private static let states = """
        .hearth .frame:hover rect{stroke:#26221d}
        .hearth .caller rect{opacity:.5}
        .hearth .searching .frame:not(.hit) rect{opacity:.4}
        .hearth .searching .frame:not(.hit) text{opacity:.75}
        .hearth .hit rect{fill:#cf9bff}
        .hearth .frames .chosen rect{stroke:#2f6fde;stroke-width:2}
        @media (prefers-color-scheme:dark){
        .hearth .frame:hover rect{stroke:#f2eee7}
        .hearth .hit rect{fill:#7f3fc0}
        .hearth .frames .chosen rect{stroke:#8ab4ff}
        }

        """
}
