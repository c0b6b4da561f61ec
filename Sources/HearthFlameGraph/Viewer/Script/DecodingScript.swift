/// The data of the page as `ViewerData.swift` wrote them: functions, nodes, rows, verdicts.
enum DecodingScript {
    static let source = #"""
        const byId = (id) => document.getElementById(id);
        const settings = JSON.parse(byId("settings").textContent);
        const diff = settings.diff || null;
        const bytes = (() => {
          const element = byId("data"), text = atob(element.textContent), result = new Uint8Array(text.length);
          for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
          element.remove();
          return result;
        })();
        const view = new DataView(bytes.buffer);
        let position = 0;
        const varint = () => {
          let byte = bytes[position++];
          if (byte < 128) return byte;
          let value = byte & 127, scale = 128;
          do {
            byte = bytes[position++];
            value += (byte & 127) * scale;
            scale *= 128;
          } while (byte >= 128);
          return value;
        };
        const float = () => {
          position += 4;
          return view.getFloat32(position - 4, true);
        };

        // Functions, by number: in the order of their names. Values of labels are added at the end when they are grouped by.
        const LABEL = 2, MARKER = 3;
        const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        const numbers = (letters) => Array.from(letters, (letter) => ALPHABET.indexOf(letter));
        const names = settings.names, fullNames = settings.fullNames, kinds = Array.from(settings.kinds, Number);
        const images = settings.imageOf.map((number) => settings.images[number]);
        const functionCount = names.length;
        const schemes = {};
        for (const name in settings.schemes) schemes[name] = numbers(settings.schemes[name]);
        const SHADES = 3, ROOT = settings.palette.length - 4, LABELS = ROOT + 1, MARKERS = ROOT + 2, NEUTRAL = ROOT + 3;
        const isFunction = (f) => kinds[f] < LABEL;

        // Nodes: callers before what they call, siblings by name. Node 0 is the root and no function.
        const base = (() => {
          const count = settings.nodes;
          const parent = new Int32Array(count), func = new Int32Array(count), depth = new Int32Array(count);
          const path = [0];
          parent[0] = func[0] = -1;
          for (let i = 1, level = 0; i < count; i++) {
            level += 1 - varint();
            parent[i] = path[level - 1];
            path[level] = i;
            depth[i] = level;
            func[i] = varint();
          }
          return { count, parent, func, depth };
        })();

        // Rows: a node, a set of labels, a value a column.
        const rows = (() => {
          const count = settings.rows, columns = diff ? 2 : settings.types.length, several = settings.sets.length > 1;
          const node = new Int32Array(count), set = new Int32Array(several ? count : 0);
          const values = [];
          for (let c = 0; c < columns; c++) values.push(new Float64Array(count));
          for (let row = 0, last = 0; row < count; row++) {
            node[row] = last += varint();
            if (several) set[row] = varint();
            for (let c = 0; c < columns; c++) values[c][row] = varint();
          }
          return { count, node, set, values, several };
        })();

        // Verdicts of a difference: of nodes that are no noise, and of all functions.
        const GREW = 1, SHRANK = 2;
        const verdictOfNode = new Map(), rowOfFunction = new Map();
        if (diff) {
          for (let left = varint(), node = 0; left > 0; left--) {
            node += varint();
            const coded = varint(), color = coded >> 1, moved = (coded & 1) === 1;
            const verdict = color < diff.colors.length / 2 ? GREW : SHRANK;
            verdictOfNode.set(node, { color, moved, verdict, low: float(), high: float() });
          }
          for (let left = varint(), f = 0; left > 0; left--) {
            f += varint();
            const change = () => ({ verdict: varint(), low: float(), high: float() });
            rowOfFunction.set(f, { self: change(), total: change() });
          }
        }
        """#
}
