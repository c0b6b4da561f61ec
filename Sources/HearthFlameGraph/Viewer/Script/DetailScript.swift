/// What is said of a frame: the tooltip, the line at the foot of the page, a stack as text.
enum DetailScript {
    static let source = #"""
        const tip = document.querySelector(".tip"), detail = document.querySelector(".detail");
        const actions = document.querySelector(".actions");
        const line = (parent, tag, text, className) => {
          if (!text) return;
          const element = document.createElement(tag);
          element.textContent = text;
          if (className) element.className = className;
          parent.appendChild(element);
        };
        const wholeOf = (measure) => graph.totals[measure][0];

        const profileLines = (pane, node) => {
          const value = pane.graph.totals[0][node], own = pane.graph.selfs[0][node], whole = wholeOf(0);
          const isWhole = !state.edits.some((edit) => edit.what !== "hide") && !Object.keys(state.where).length;
          let words = quantity(value) + ", " + percent(value, whole) + (isWhole ? " of all" : " of what is shown");
          if (pane.zoom > 0 && pane.graph.depth[node] >= pane.graph.depth[pane.zoom]) {
            words += " · " + percent(value, pane.graph.totals[0][pane.zoom]) + " of the zoomed frame";
          } else if (state.view === "sandwich") {
            words += " · " + percent(value, pane.graph.totals[0][0]) + " of " + (names[state.of] || "it");
          }
          const lines = [[words]];
          if (own > 0 && state.view === "graph") lines.push(["self " + quantity(own) + ", " + percent(own, whole)]);
          return lines;
        };
        const interval = (change) => signed(change.low) + " … " + signed(change.high);
        const diffLines = (pane, node) => {
          const before = pane.graph.totals[BASE][node], after = pane.graph.totals[NEW][node];
          const change = compared(after, NEW) - compared(before, BASE), known = verdictOf(pane, node);
          const moved = known && known.moved;
          const fresh = moved ? " · moved here" : " · new", gone = moved ? " · moved away" : " · gone";
          const lines = [
            [amount(after, NEW) + ", " + percent(after, sideTotals[NEW]) + (before > 0 ? moved && after > 0 ? " · moved" : "" : fresh)],
            ["was " + amount(before, BASE) + ", " + percent(before, sideTotals[BASE]) + (after > 0 ? "" : gone)],
          ];
          if (!known) {
            lines.push([signed(change) + " · not judged in this view"]);
          } else {
            const range = known.low === undefined ? "" : ": " + interval(known);
            lines.push([signed(change) + " · " + verdictText(known) + range, verdictClass(known.verdict)]);
          }
          return lines;
        };
        const linesOf = (pane, node) => diff ? diffLines(pane, node) : profileLines(pane, node);

        const hideTip = () => { tip.hidden = true; };
        const showTip = (box, x, y) => {
          tip.textContent = "";
          const { pane, node } = box, graph = pane.graph;
          if (node < 0) {
            const caller = -1 - node, measure = shownMeasure();
            let count = 0, sum = 0;
            for (let i = graph.first[caller]; i >= 0; i = graph.next[i]) {
              if (boxOf(pane, i)) continue;
              count++;
              sum += graph.totals[measure][i];
            }
            line(tip, "b", groups(count) + (count === 1 ? " frame" : " frames") + " too narrow to be drawn");
            const words = diff ? "" : quantity(sum) + ", " + percent(sum, wholeOf(measure)) + " · ";
            line(tip, "div", words + "zoom in on " + nameOf(graph, caller));
          } else {
            const f = graph.func[node];
            line(tip, "b", nameOf(graph, node));
            if (f >= 0) line(tip, "code", [fullNames[f], images[f]].filter(Boolean).join(" · "));
            for (const [text, className] of linesOf(pane, node)) line(tip, "div", text, className);
          }
          tip.hidden = false;
          const w = tip.offsetWidth, h = tip.offsetHeight;
          tip.style.left = Math.max(12, Math.min(x + 14, window.innerWidth - 12 - w)) + "px";
          tip.style.top = (y + 18 + h > window.innerHeight - 4 && y - h - 12 > 0 ? y - h - 12 : y + 18) + "px";
        };

        const describe = () => {
          detail.textContent = "";
          actions.hidden = !chosen || chosen.node < 0 || chosen.pane.graph.func[chosen.node] < 0;
          if (!chosen) {
            detail.textContent = state.view === "table" ? "Click a function to find it in the graph."
              : "Click a frame to zoom in. Keys: ? shows them.";
            return;
          }
          line(detail, "b", nameOf(chosen.pane.graph, chosen.node));
          detail.append(linesOf(chosen.pane, chosen.node).map(([text]) => text).join(" · "));
        };
        const choose = (box) => {
          chosen = box && box.node >= 0 ? { pane: box.pane, node: box.node } : null;
          describe();
          draw();
        };

        const stackText = (pane, node) => {
          const frames = [];
          for (let i = node; i >= 0; i = pane.graph.parent[i]) if (pane.graph.func[i] >= 0) frames.push(nameOf(pane.graph, i));
          // Leaf first, as traces of stacks are written; graphs of callers have the leaf at the root.
          if (pane.kind === "reversed" || pane.kind === "callers") frames.reverse();
          return frames.join("\n") + "\n";
        };
        const copyText = async (text) => {
          try {
            await navigator.clipboard.writeText(text);
          } catch (_) {
            // Files and plain HTTP have no clipboard of that kind.
            const area = document.createElement("textarea");
            area.value = text;
            document.body.appendChild(area);
            area.select();
            document.execCommand("copy");
            area.remove();
            graphElement.focus({ preventScroll: true });
          }
          detail.textContent = "Copied " + groups(text.split("\n").length - 1) + " frames.";
        };
        """#
}
