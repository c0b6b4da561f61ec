/// The style sheet of the page: the colours and measures of the picture's own.
enum ViewerStyle {
    static let sheet = colors + layout + controls + table

    private static let colors = """
        :root{--page:#fdfcfa;--ink:#26221d;--soft:#6a635a;--line:#e6e1d8;--edge:#cfc8bd;--field:#fff;--hover:#f1ede6;\
        --link:#2f6fde;--tip:#fffffff5;--shadow:#0003;--bad:#b3261e;--grew:#b02f14;--shrank:#14619f;--bar:#e9e2d6;\
        --mono:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono","Liberation Mono",Consolas,monospace;color-scheme:light dark}
        @media (prefers-color-scheme:dark){:root{--page:#1a1917;--ink:#f2eee7;--soft:#a79f94;--line:#2f2c28;--edge:#4d4841;\
        --field:#262421;--hover:#35322d;--link:#8ab4ff;--tip:#262421f5;--shadow:#000a;--bad:#ff8a7e;--grew:#ff9a82;\
        --shrank:#7fc0ff;--bar:#3a362f}}

        """

    private static let layout = """
        [hidden]{display:none!important}
        html,body{height:100%;margin:0}
        body{display:flex;flex-direction:column;overflow:hidden;background:var(--page);color:var(--ink);font:12px/1.45 \
        ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        header{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding:10px 12px 6px}
        .titles{min-width:0}
        h1{margin:0;font-size:17px;line-height:24px;font-weight:650;letter-spacing:-.01em}
        h1,.subtitle{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .subtitle{margin:0;color:var(--soft)}
        .search{display:flex;gap:10px;align-items:center;flex:none}
        .matched{color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
        .field{display:flex;gap:4px}
        nav{display:flex;flex-wrap:wrap;gap:6px 8px;align-items:center;padding:0 12px 8px;border-bottom:1px solid var(--line)}
        nav label,.choice label{color:var(--soft);white-space:nowrap}
        .last{display:flex;gap:8px;margin-left:auto}
        .chips,.choice{display:flex;flex-wrap:wrap;gap:6px;align-items:center;padding:6px 12px;border-bottom:1px solid var(--line)}
        .choice{gap:12px}
        .choice input{width:min(560px,55vw);margin-left:6px;font-family:var(--mono);font-size:11px}
        .choice output{color:var(--soft)}
        main{flex:1;min-height:0;position:relative}
        #graph,#table{position:absolute;inset:0;overflow:auto;outline:none}
        #graph{overflow-x:hidden}
        #graph:focus-visible{box-shadow:inset 0 0 0 2px var(--link)}
        #graph.over{cursor:pointer}
        canvas{position:sticky;top:0;left:0;display:block}
        .height{width:1px;pointer-events:none}
        .empty{position:absolute;inset:28px 0 auto;margin:0;text-align:center;font-size:14px;color:var(--soft)}
        footer{display:flex;gap:12px;align-items:center;min-height:38px;padding:0 12px;border-top:1px solid var(--line)}
        .detail{flex:1;min-width:0;margin:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}
        .detail b{font:600 12px var(--mono);color:var(--ink);margin-right:8px}
        .actions{display:flex;gap:6px;flex:none}
        .tip{position:fixed;z-index:3;pointer-events:none;box-sizing:border-box;width:max-content;max-width:min(620px,calc(100vw - 24px));\
        padding:8px 11px;border:1px solid var(--edge);border-radius:8px;background:var(--tip);box-shadow:0 4px 18px var(--shadow);\
        overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        .tip b,.tip code{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:8;overflow:hidden}
        .tip b{font:600 12px var(--mono)}
        .tip code{font:11px var(--mono);color:var(--soft);margin:2px 0}
        .tip div{margin-top:2px}
        .tip .grew,.grew{color:var(--grew)}
        .tip .shrank,.shrank{color:var(--shrank)}
        #help{position:absolute;z-index:2;right:12px;bottom:48px;padding:10px 16px;border:1px solid var(--edge);border-radius:8px;\
        background:var(--tip);box-shadow:0 4px 18px var(--shadow)}
        #help dl{display:grid;grid-template-columns:auto auto;gap:3px 14px;margin:0}
        #help dt{font:600 11px/17px var(--mono)}
        #help dd{margin:0;color:var(--soft)}
        @media (max-width:860px){nav{gap:6px}nav label{font-size:0}nav label select{font-size:12px}.search input{width:150px}\
        .matched{max-width:120px;overflow:hidden;text-overflow:ellipsis}}

        """

    private static let controls = """
        input,button,select{font:inherit;box-sizing:border-box;height:26px;margin:0;border:1px solid var(--edge);border-radius:6px;\
        background:var(--field);color:var(--ink)}
        input{width:230px;padding:0 8px}
        input.bad{border-color:var(--bad);color:var(--bad)}
        button{padding:0 10px;cursor:pointer;white-space:nowrap}
        select{max-width:136px;padding:0 4px;margin-left:2px}
        button:hover{background:var(--hover)}
        button[aria-pressed=true]{background:var(--ink);border-color:var(--ink);color:var(--page)}
        :is(button,input,select):focus-visible{outline:2px solid var(--link);outline-offset:1px}
        .segments{display:inline-flex}
        .segments button{border-radius:0;margin-left:-1px}
        .segments button:first-child{border-radius:6px 0 0 6px;margin-left:0}
        .segments button:last-child{border-radius:0 6px 6px 0}
        .segments button:focus-visible{z-index:1}
        .chips button{height:22px;max-width:420px;overflow:hidden;text-overflow:ellipsis;border-radius:11px;padding:0 9px}
        .chips button::after{content:" ×";color:var(--soft)}

        """

    private static let table = """
        #table{padding:0 12px}
        #values{margin:8px 0 4px}
        table{border-collapse:separate;border-spacing:0;width:100%;table-layout:fixed;font-variant-numeric:tabular-nums}
        thead th{position:sticky;top:0;z-index:1;padding:6px 0 4px;background:var(--page);border-bottom:1px solid var(--edge);\
        text-align:right;font-weight:400}
        th button{height:22px;padding:0 8px;border-color:transparent;background:none;color:var(--soft);font-weight:600}
        th button:hover{background:var(--hover)}
        th[aria-sort=ascending] button::after{content:" ↑"}
        th[aria-sort=descending] button::after{content:" ↓"}
        th[aria-sort] button{color:var(--ink)}
        thead th.name{text-align:left;left:0;z-index:2}
        td{height:24px;padding:0 8px;box-sizing:border-box;text-align:right;white-space:nowrap;overflow:hidden;\
        text-overflow:ellipsis;border-bottom:1px solid var(--line)}
        td.name{position:sticky;left:0;background:var(--page);text-align:left;padding-left:0}
        td.name button{display:block;width:100%;height:23px;padding:0 8px;border:0;background:none;text-align:left;overflow:hidden;\
        text-overflow:ellipsis;font:11px var(--mono)}
        td.image{text-align:left;color:var(--soft)}
        td.share{background:linear-gradient(to right,var(--bar) var(--part,0%),transparent 0)}
        tbody tr:hover td{background-color:var(--hover)}
        tr.filler td{height:auto;padding:0;border:0}
        td.noise{color:var(--soft)}

        """
}
