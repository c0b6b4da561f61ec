/// The graph that is shown: the nodes of the page, or others made of them by grouping, filters and merging.
///
/// Graphs of every kind have the same members: by node its caller, function, depth, first callee and next sibling (-1 for none),
/// and by measure own and inclusive values. Profiles have one measure; differences have base, new and the width of both.
enum GraphScript {
    static let source = #"""
        const BASE = 0, NEW = 1, BOTH = 2;
        const measures = diff ? 3 : 1;
        const shownMeasure = () => diff ? { base: BASE, new: NEW, both: BOTH }[state.side] : 0;
        const valuesOf = (count) => Array.from({ length: measures }, () => new Float64Array(count));

        // Adds a row to the own values of a node.
        const addRow = (selfs, node, row) => {
          if (!diff) {
            selfs[0][node] += rows.values[state.type][row];
            return;
          }
          const before = rows.values[BASE][row], after = rows.values[NEW][row];
          const scale = (value, by) => by === 1 || value === 0 ? value : Math.max(1, Math.round(value * by));
          selfs[BASE][node] += before;
          selfs[NEW][node] += after;
          selfs[BOTH][node] += Math.max(scale(before, diff.scales[BASE]), scale(after, diff.scales[NEW]));
        };
        // Callers stand before what they call: from the end, a sum is complete when its caller's turn comes.
        const inclusive = (parent, selfs) => selfs.map((own) => {
          const sums = own.slice();
          for (let i = sums.length - 1; i > 0; i--) sums[parent[i]] += sums[i];
          return sums;
        });
        // Siblings in the order of their functions.
        const linked = (count, parent, func) => {
          const first = new Int32Array(count).fill(-1), next = new Int32Array(count).fill(-1);
          const starts = new Int32Array(names.length + 1), order = new Int32Array(count);
          for (let i = 1; i < count; i++) starts[func[i] + 1]++;
          for (let f = 0; f < names.length; f++) starts[f + 1] += starts[f];
          for (let i = 1; i < count; i++) order[starts[func[i]]++] = i;
          for (let k = count - 2; k >= 0; k--) {
            const node = order[k];
            next[node] = first[parent[node]];
            first[parent[node]] = node;
          }
          return { first, next };
        };
        Object.assign(base, linked(base.count, base.parent, base.func));
        const nothing = () => {};

        // Which rows remain under the chosen values of labels; null for all.
        const keptSets = () => {
          const wanted = settings.labels.map(({ key, values }) => key in state.where ? 1 + values.indexOf(state.where[key]) : 0);
          if (!wanted.some((value) => value > 0)) return null;
          return settings.sets.map((set) => set.every((value, key) => wanted[key] === 0 || value === wanted[key]));
        };
        const setOf = (row) => rows.several ? rows.set[row] : 0;

        // Functions that stand for the values of a label, made when it is first grouped by: the first is that of no value.
        const labelFunctions = new Map();
        const functionsOfLabel = (key) => {
          if (!labelFunctions.has(key)) {
            const label = settings.labels.find((label) => label.key === key), hues = numbers(label.hues);
            labelFunctions.set(key, [`[no ${key}]`, ...label.values].map((name, value) => {
              names.push(name);
              fullNames.push("");
              images.push("");
              kinds.push(LABEL);
              for (const scheme in schemes) schemes[scheme].push(scheme === "label" ? hues[value - 1] ?? NEUTRAL : LABELS);
              return names.length - 1;
            }));
          }
          return labelFunctions.get(key);
        };

        const plainGraph = (kept) => {
          const selfs = valuesOf(base.count);
          for (let row = 0; row < rows.count; row++) if (!kept || kept[setOf(row)]) addRow(selfs, rows.node[row], row);
          return { ...base, selfs, totals: inclusive(base.parent, selfs), expand: nothing, origin: null };
        };

        const editedGraph = (kept) => {
          // Which nodes count: all wanted functions on the way there, and none that is dropped.
          const focus = edited("focus"), dropped = new Set(edited("drop")), hidden = new Set(edited("hide"));
          const seen = focus.map((f) => {
            const inside = new Uint8Array(base.count);
            for (let i = 1; i < base.count; i++) inside[i] = inside[base.parent[i]] || base.func[i] === f ? 1 : 0;
            return inside;
          });
          const lost = new Uint8Array(base.count);
          for (let i = 1; dropped.size && i < base.count; i++) {
            lost[i] = lost[base.parent[i]] || dropped.has(base.func[i]) ? 1 : 0;
          }

          const parent = [-1], func = [-1], depth = [0], origin = [0], index = new Map();
          const stride = names.length + settings.labels.reduce((sum, label) => sum + label.values.length + 1, 0);
          const child = (caller, f, from) => {
            const key = caller * stride + f, known = index.get(key);
            if (known !== undefined) {
              if (origin[known] !== from) origin[known] = -1;
              return known;
            }
            index.set(key, parent.length);
            parent.push(caller);
            func.push(f);
            depth.push(depth[caller] + 1);
            origin.push(from);
            return parent.length - 1;
          };
          const step = (caller, node) => {
            const f = base.func[node];
            if (hidden.has(f)) return caller;
            if (state.collapse) for (let i = caller; i > 0; i = parent[i]) if (func[i] === f) return i;
            return child(caller, f, node);
          };
          const ways = new Map(), pending = [];
          const place = (root, node) => {
            if (!ways.has(root)) ways.set(root, new Map());
            const way = ways.get(root);
            let at = node;
            while (at !== 0 && !way.has(at)) {
              pending.push(at);
              at = base.parent[at];
            }
            let target = at === 0 ? root : way.get(at);
            while (pending.length) {
              at = pending.pop();
              target = step(target, at);
              way.set(at, target);
            }
            return target;
          };
          const label = settings.labels.findIndex((label) => label.key === state.group);
          const values = label >= 0 ? functionsOfLabel(state.group) : null;
          const ends = new Int32Array(rows.count).fill(-1);
          for (let row = 0; row < rows.count; row++) {
            const node = rows.node[row];
            if (kept && !kept[setOf(row)] || lost[node] || !seen.every((inside) => inside[node])) continue;
            ends[row] = place(values ? child(0, values[settings.sets[setOf(row)][label]], -1) : 0, node);
          }
          const selfs = valuesOf(parent.length);
          for (let row = 0; row < rows.count; row++) if (ends[row] >= 0) addRow(selfs, ends[row], row);
          return {
            count: parent.length, parent, func, depth, ...linked(parent.length, parent, func), selfs,
            totals: inclusive(parent, selfs), expand: nothing, origin,
          };
        };

        const built = () => {
          const kept = keptSets();
          return state.group || state.edits.length || state.collapse ? editedGraph(kept) : plainGraph(kept);
        };

        // Self and total of every function, of one measure or several: a function within itself counts once, and what ends in a
        // label or a mark counts for the function that called it.
        const functionTotals = (graph) => {
          const own = valuesOf(names.length), totals = valuesOf(names.length);
          const owner = new Int32Array(graph.count).fill(-1);
          for (let i = 0; i < graph.count; i++) {
            const f = graph.func[i];
            if (i > 0) owner[i] = isFunction(f) ? f : owner[graph.parent[i]];
            let outermost = i > 0;
            for (let above = graph.parent[i]; outermost && above > 0; above = graph.parent[above]) {
              outermost = graph.func[above] !== f;
            }
            for (let m = 0; m < measures; m++) {
              if (owner[i] >= 0) own[m][owner[i]] += graph.selfs[m][i];
              if (outermost) totals[m][f] += graph.totals[m][i];
            }
          }
          return { own, totals };
        };

        // A link to a frame: FNV-1a over the names from the root, which outlives a change elsewhere in the graph.
        const hashes = [];
        const hashOf = (f) => {
          if (hashes[f] === undefined) {
            let hash = 2166136261;
            for (let i = 0; i < names[f].length; i++) hash = Math.imul(hash ^ names[f].charCodeAt(i), 16777619);
            hashes[f] = hash;
          }
          return hashes[f];
        };
        const keyBelow = (key, f) => Math.imul(key ^ hashOf(f), 16777619) ^ key >>> 15;
        const keyOf = (graph, node) => {
          const path = [];
          for (let i = node; i > 0; i = graph.parent[i]) path.push(graph.func[i]);
          return (path.reduceRight(keyBelow, 1) >>> 0).toString(16);
        };
        const nodeOfKey = (graph, text) => {
          const wanted = parseInt(text, 16) | 0, pending = [[0, 1]], measure = shownMeasure();
          const least = graph.expand === nothing ? 0 : graph.totals[measure][0] / 5000;
          while (pending.length) {
            const [node, key] = pending.pop();
            if (node > 0 && key === wanted) return node;
            graph.expand(node);
            for (let i = graph.first[node]; i >= 0; i = graph.next[i]) {
              if (graph.totals[measure][i] >= least) pending.push([i, keyBelow(key, graph.func[i])]);
            }
          }
          return 0;
        };
        """#
}
