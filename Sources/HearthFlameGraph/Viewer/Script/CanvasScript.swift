/// Drawing: the rows that are in the window, in the colours of the scheme or of the verdicts.
enum CanvasScript {
    static let source = #"""
        const darkness = window.matchMedia("(prefers-color-scheme: dark)");
        const shade = (pair) => pair[darkness.matches ? 1 : 0];
        const HIT = ["#cf9bff", "#7f3fc0"], TEXT = ["#1f1d1a", "#f6f3ee"], SOFT = ["#6a635a", "#b5ada2"];
        const MARK = ["#2f6fde", "#8ab4ff"], EDGE = ["#26221d", "#f2eee7"];
        const FONT = 'ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono","Liberation Mono",Consolas,monospace';
        let hits = null, chosen = null, hovered = null, columnWidth = 6.7;

        const verdictOf = (pane, node) => {
          const { graph, kind } = pane;
          if (kind === "graph") {
            const from = graph.origin ? graph.origin[node] : node;
            const known = from >= 0 ? verdictOfNode.get(from) : undefined;
            // Another value than that which was judged has no verdict.
            const isWhole = from >= 0 && [BASE, NEW].every((m) => graph.totals[m][node] === wholes[m][from]);
            return isWhole ? known || { verdict: 0 } : null;
          }
          if (state.edits.length || state.collapse || state.group) return null;
          const row = rowOfFunction.get(graph.func[node]);
          if (!row) return null;
          if (kind === "reversed") return graph.depth[node] === 1 ? row.self : null;
          return node === 0 ? row.total : null;
        };
        // Verdicts of functions have no depth of colour of their own: that of half.
        const verdictColor = (known) => {
          if (!known || known.verdict === 0) return settings.palette[NEUTRAL];
          const steps = diff.colors.length / 2;
          return diff.colors[known.color === undefined ? (known.verdict === GREW ? 2 : steps + 2) : known.color];
        };
        let wholes = null;

        const labelAbove = (graph, node) => {
          for (let i = node; i > 0; i = graph.parent[i]) if (kinds[graph.func[i]] === LABEL) return graph.func[i];
          return -1;
        };
        const fillOf = (pane, node) => {
          const { graph } = pane, f = graph.func[node];
          if (node < 0) return settings.palette[NEUTRAL];
          if (f < 0) return settings.palette[ROOT];
          if (hits && hits[f]) return HIT;
          if (diff) return verdictColor(verdictOf(pane, node));
          if (state.scheme !== "label") return settings.palette[schemes[state.scheme][f]];
          if (kinds[f] === MARKER) return settings.palette[MARKERS];
          const label = labelAbove(graph, node);
          if (label < 0 || schemes.label[label] === NEUTRAL) return settings.palette[NEUTRAL];
          return settings.palette[schemes.label[label] + schemes.hash[f] % SHADES];
        };
        const nameOf = (graph, node) => graph.func[node] < 0 ? "all" : names[graph.func[node]];

        const paintRow = (pane, level, y) => {
          const row = pane.rows[level], { graph } = pane, fills = [];
          let last = "";
          brush.globalAlpha = row.isCaller ? 0.5 : 1;
          for (let k = 0; k < row.node.length; k++) {
            const w = row.width[k], color = shade(fillOf(pane, row.node[k]));
            if (color !== last) brush.fillStyle = last = color;
            const node = row.node[k];
            const isHit = hits && node >= 0 && graph.func[node] >= 0 && hits[graph.func[node]];
            if (hits) brush.globalAlpha = (row.isCaller ? 0.5 : 1) * (isHit ? 1 : 0.4);
            const drawn = w > 3 ? w - 0.7 : w * 0.8;
            if (w > 8) {
              brush.beginPath();
              brush.roundRect(12 + row.x[k], y, drawn, ROW - 1, 2);
              brush.fill();
            } else {
              brush.fillRect(12 + row.x[k], y, drawn, ROW - 1);
            }
          }
          brush.globalAlpha = row.isCaller ? 0.75 : 1;
          let written = null;
          for (let k = 0; k < row.node.length; k++) {
            const node = row.node[k], columns = Math.floor((row.width[k] - 2 * INSET) / columnWidth);
            if (columns < 3) continue;
            const isSum = node < 0, isLabel = !isSum && graph.func[node] >= 0 && kinds[graph.func[node]] === LABEL;
            const text = fit(isSum ? "narrower" : nameOf(graph, node), columns);
            const style = isSum ? "italic " : isLabel ? "600 " : "";
            if (style !== written) brush.font = (written = style) + "11px " + FONT;
            brush.fillStyle = shade(isSum ? SOFT : TEXT);
            brush.fillText(text, 12 + row.x[k] + INSET, y + 12.5, row.width[k] - 2 * INSET + 2);
          }
          brush.globalAlpha = 1;
        };
        const outline = (box, color, thickness) => {
          if (!box) return;
          brush.strokeStyle = shade(color);
          brush.lineWidth = thickness;
          const inset = thickness / 2;
          brush.beginPath();
          const y = box.y - graphElement.scrollTop + inset, w = Math.max(box.width - 0.7 - thickness, 0.5);
          brush.roundRect(box.x + inset, y, w, ROW - 1 - thickness, 2);
          brush.stroke();
        };
        const paint = () => {
          const ratio = window.devicePixelRatio || 1, scrolled = graphElement.scrollTop;
          brush.setTransform(ratio, 0, 0, ratio, 0, 0);
          brush.clearRect(0, 0, canvas.width, canvas.height);
          for (const pane of panes) {
            for (let level = pane.skip; level < pane.rows.length; level++) {
              const y = topOf(pane, level) - scrolled;
              if (y > -ROW && y < height) paintRow(pane, level, y);
            }
          }
          if (panes.length > 1) {
            brush.font = "11px ui-sans-serif,system-ui,sans-serif";
            brush.fillStyle = shade(SOFT);
            const [callees, callers] = panes;
            brush.fillText(callers.rows.length > 1 ? "Callers" : "No callers", 12, 16 - scrolled);
            const end = callees.top + callees.rows.length * ROW - scrolled;
            if (callees.rows.length) brush.fillText(callees.rows.length > 1 ? "Callees" : "Calls nothing", 12, end + 14);
          }
          if (hovered && hovered.node >= 0) outline(boxOf(hovered.pane, hovered.node), EDGE, 1.2);
          if (chosen) outline(boxOf(chosen.pane, chosen.node), MARK, 2);
        };
        let isAsked = false;
        const draw = () => {
          if (isAsked) return;
          isAsked = true;
          requestAnimationFrame(() => {
            isAsked = false;
            paint();
          });
        };
        // A box is brought into the window where it is not.
        const reveal = (pane, node) => {
          const box = boxOf(pane, node);
          if (!box) return;
          const y = box.y - graphElement.scrollTop;
          if (y < 4 || y + ROW > height - 4) graphElement.scrollTop = box.y - (pane.up ? height - 3 * ROW : 2 * ROW);
        };
        """#
}
