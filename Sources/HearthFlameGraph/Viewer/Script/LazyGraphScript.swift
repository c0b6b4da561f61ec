/// Graphs that begin at functions: callers read upwards, or what is called, all occurrences together. They have more nodes than
/// the graph that they are made of, so each is opened only when it is wide enough to be seen.
enum LazyGraphScript {
    static let source = #"""
        // A node stands for places of the source graph: where one is, and whose value it has.
        const lazyGraph = (source, root, places, weights, direction) => {
          const graph = {
            count: 1, parent: [-1], func: [root], depth: [0], first: [-2], next: [-1], selfs: [], totals: [], origin: null,
          };
          const held = [places];
          for (let m = 0; m < measures; m++) {
            graph.selfs.push([0]);
            graph.totals.push([places.reduce((sum, place) => sum + weights[m][place], 0)]);
          }
          held[0] = { at: places, of: direction === "callees" ? null : places, isStart: root < 0 };

          const add = (caller, f, group) => {
            const node = graph.count++;
            graph.parent.push(caller);
            graph.func.push(f);
            graph.depth.push(graph.depth[caller] + 1);
            graph.first.push(-2);
            graph.next.push(-1);
            held.push(group);
            for (let m = 0; m < measures; m++) {
              let sum = 0;
              for (const place of group.of || group.at) sum += weights[m][place];
              graph.totals[m].push(sum);
              graph.selfs[m].push(0);
            }
            return node;
          };
          graph.expand = (node) => {
            if (graph.first[node] !== -2) return;
            const { at, of, isStart } = held[node], byFunction = new Map();
            const put = (place, value) => {
              const f = source.func[place];
              if (!byFunction.has(f)) byFunction.set(f, { at: [], of: of ? [] : null, isStart: false });
              const group = byFunction.get(f);
              group.at.push(place);
              if (of) group.of.push(value);
            };
            for (let k = 0; k < at.length; k++) {
              if (!of) {
                for (let m = 0; m < measures; m++) graph.selfs[m][node] += source.selfs[m][at[k]];
                for (let i = source.first[at[k]]; i >= 0; i = source.next[i]) put(i, 0);
                continue;
              }
              const above = isStart ? at[k] : source.parent[at[k]];
              if (above > 0) put(above, of[k]);
              else for (let m = 0; m < measures; m++) graph.selfs[m][node] += weights[m][of[k]];
            }
            held[node] = null;
            graph.first[node] = -1;
            let last = -1;
            for (const f of [...byFunction.keys()].sort((a, b) => a - b)) {
              const callee = add(node, f, byFunction.get(f));
              if (last < 0) graph.first[node] = callee; else graph.next[last] = callee;
              last = callee;
            }
          };
          return graph;
        };
        // Leaves at the root.
        const reversedGraph = (source) => {
          const places = [];
          for (let i = 0; i < source.count; i++) if (source.selfs.some((own) => own[i] > 0)) places.push(i);
          return lazyGraph(source, -1, places, source.selfs, "callers");
        };
        // Where a function stands without standing further up too: so each stack counts once.
        const outermost = (source, f) => {
          const places = [], inside = new Uint8Array(source.count);
          for (let i = 1; i < source.count; i++) {
            const above = inside[source.parent[i]];
            if (source.func[i] === f && !above) places.push(i);
            inside[i] = above || source.func[i] === f ? 1 : 0;
          }
          return places;
        };
        """#
}
