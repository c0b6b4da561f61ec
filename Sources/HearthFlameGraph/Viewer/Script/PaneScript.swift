/// Where boxes lie: rows of boxes from the root on, of nothing that is too narrow to be seen.
enum PaneScript {
    static let source = #"""
        const ROW = 18, INSET = 4, NARROWEST = 0.5;
        const graphElement = byId("graph"), canvas = graphElement.querySelector("canvas"), brush = canvas.getContext("2d");
        let graph = null, functions = null;
        // What is drawn: one graph, or callers above callees. `up` is how a pane grows.
        let panes = [];
        let width = 0, height = 0;

        const makePane = (graph, kind) => ({ graph, kind, zoom: 0, rows: [], up: false, top: 0, skip: 0 });
        const makePanes = () => {
          if (state.view === "sandwich") {
            const places = state.of >= 0 ? outermost(graph, state.of) : [];
            panes = [
              makePane(lazyGraph(graph, state.of, places, graph.totals, "callees"), "callees"),
              makePane(lazyGraph(graph, state.of, places, graph.totals, "callers"), "callers"),
            ];
            panes[1].skip = 1;
          } else {
            panes = [state.view === "reversed" ? makePane(reversedGraph(graph), "reversed") : makePane(graph, "graph")];
          }
          const pane = panes[state.pane] || panes[0];
          if (state.zoom) pane.zoom = nodeOfKey(pane.graph, state.zoom);
          if (pane.zoom === 0) {
            state.zoom = "";
            state.pane = 0;
          }
        };

        // Each row holds boxes from left to right: a node, or of node -1 - n what of node n's callees is too narrow.
        const fill = (pane) => {
          const { graph, zoom } = pane, totals = graph.totals[shownMeasure()];
          pane.rows = [];
          for (let i = graph.parent[zoom]; i >= 0; i = graph.parent[i]) {
            pane.rows.unshift({ node: [i], x: [0], width: [width], isCaller: true });
          }
          const whole = totals[zoom];
          if (!(whole > 0)) return;
          const scale = width / whole;
          let row = { node: [zoom], x: [0], width: [width], isCaller: false };
          while (row.node.length) {
            pane.rows.push(row);
            const below = { node: [], x: [], width: [], isCaller: false };
            for (let k = 0; k < row.node.length; k++) {
              const node = row.node[k];
              if (node < 0) continue;
              graph.expand(node);
              let x = row.x[k], narrow = 0;
              const close = () => {
                if (narrow >= 1) {
                  below.node.push(-1 - node);
                  below.x.push(x - narrow);
                  below.width.push(narrow);
                }
                narrow = 0;
              };
              for (let i = graph.first[node]; i >= 0; i = graph.next[i]) {
                const w = totals[i] * scale;
                if (w < NARROWEST) {
                  narrow += w;
                } else {
                  close();
                  below.node.push(i);
                  below.x.push(x);
                  below.width.push(w);
                }
                x += w;
              }
              close();
            }
            row = below;
          }
        };
        // Where panes begin; returns the height of all.
        const stack = () => {
          if (panes.length > 1) {
            const [callees, callers] = panes, above = Math.max(callers.rows.length - 1, 0);
            callers.up = true;
            callers.top = 24;
            callees.up = false;
            callees.top = callers.top + above * ROW + 5;
            return callees.top + callees.rows.length * ROW + 26;
          }
          const pane = panes[0], used = pane.rows.length * ROW;
          pane.up = !state.icicle;
          pane.top = pane.up ? Math.max(10, height - used - 10) : 10;
          return used + 20;
        };
        // Rows of a pane take places from `top` on, towards the bottom or the top.
        const arrange = () => {
          height = graphElement.clientHeight;
          let outer = 0;
          // A bar to scroll by takes some of the width.
          for (let tries = 0; tries < 2 && outer !== graphElement.clientWidth; tries++) {
            outer = graphElement.clientWidth;
            width = Math.max(outer - 24, 50);
            for (const pane of panes) fill(pane);
            graphElement.querySelector(".height").style.height = Math.max(stack() - height, 0) + "px";
          }
          canvas.style.width = outer + "px";
          canvas.style.height = height + "px";
          const ratio = window.devicePixelRatio || 1;
          canvas.width = Math.round(outer * ratio);
          canvas.height = Math.round(height * ratio);
        };
        const topOf = (pane, level) => pane.top + (pane.up ? pane.rows.length - 1 - level : level - pane.skip) * ROW;
        const levelAt = (pane, y) => {
          const place = Math.floor((y - pane.top) / ROW);
          const level = pane.up ? pane.rows.length - 1 - place : place + pane.skip;
          return y >= pane.top && level >= pane.skip && level < pane.rows.length ? level : -1;
        };
        const boxAt = (x, y) => {
          for (const pane of panes) {
            const level = levelAt(pane, y + graphElement.scrollTop);
            if (level < 0) continue;
            const row = pane.rows[level], left = x - 12;
            let low = 0, high = row.x.length;
            while (low < high) {
              const middle = (low + high) >> 1;
              if (row.x[middle] <= left) low = middle + 1; else high = middle;
            }
            if (low > 0 && left < row.x[low - 1] + row.width[low - 1]) return { pane, level, node: row.node[low - 1] };
          }
          return null;
        };
        const boxOf = (pane, node) => {
          const level = pane.graph.depth[node], row = pane.rows[level];
          const index = row ? row.node.indexOf(node) : -1;
          if (index < 0) return null;
          return { pane, level, node, index, x: row.x[index] + 12, width: row.width[index], y: topOf(pane, level) };
        };
        """#
}
