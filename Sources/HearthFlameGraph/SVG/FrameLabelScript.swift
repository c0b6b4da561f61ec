/// `FrameLabel` for scripts: `fit(name, columns)` and `textColumns(text)`. A browser test holds the two together.
enum FrameLabelScript {
    static let source = #"""
        const columnsOf = (scalar) => {
          const c = scalar.codePointAt(0);
          return c >= 0x1100 && (c <= 0x115F || c >= 0x2E80 && c <= 0xA4CF || c >= 0xAC00 && c <= 0xD7A3
            || c >= 0xF900 && c <= 0xFAFF || c >= 0xFE30 && c <= 0xFE6F || c >= 0xFF00 && c <= 0xFF60
            || c >= 0xFFE0 && c <= 0xFFE6 || c >= 0x1F000 && c <= 0x3FFFD) ? 2 : 1;
        };
        const textColumns = (text) => { let n = 0; for (const s of text) n += columnsOf(s); return n; };
        const fold = (text, open, close) => {
          const result = [];
          let depth = 0, start = 0;
          for (let i = 0; i < text.length; i++) {
            if (text[i] === open) {
              if (depth === 0) start = result.length;
              depth++;
            } else if (text[i] === close && depth > 0 && (i === 0 || text[i - 1] !== "-")) {
              depth--;
              if (depth === 0) {
                const empty = result.length === start + 1;
                result.length = start;
                result.push(open);
                if (!empty) result.push("…");
                result.push(close);
                continue;
              }
            }
            result.push(text[i]);
          }
          return depth === 0 ? result : text;
        };
        const withoutArguments = (text) => {
          const list = text.slice(-3).join("") === "(…)" ? 3 : text.slice(-2).join("") === "()" ? 2 : 0;
          const rest = text.slice(0, text.length - list);
          return rest.length === 0 || rest.slice(-8).join("") === "operator" ? text : rest;
        };
        const unqualified = (text) => {
          let depth = 0, word = 0;
          for (let i = 0; i < text.length; i++) {
            const s = text[i];
            if (s === "(" || s === "<" || s === "[") depth++;
            else if (s === ")" || s === ">" || s === "]") depth--;
            else if (s === " ") word = depth === 0 ? i + 1 : word;
            else if (s === "." || s === ":") {
              if (depth !== 0 || i === 0 || i + 1 >= text.length) continue;
              if (s === ":" && text[i + 1] !== ":") continue;
              const rest = text.slice(i + (s === ":" ? 2 : 1));
              return rest.length > 0 && /^[\p{Alphabetic}_~]/u.test(rest[0]) ? text.slice(0, word).concat(rest) : null;
            }
          }
          return null;
        };
        const fit = (name, columns) => {
          if (columns < 3) return "";
          if (name.length * 2 <= columns) return name;
          let text = Array.from(name);
          if (textColumns(text) <= columns) return name;
          for (const [open, close] of [["<", ">"], ["(", ")"]]) {
            text = fold(text, open, close);
            if (textColumns(text) <= columns) return text.join("");
          }
          text = withoutArguments(text);
          if (textColumns(text) <= columns) return text.join("");
          const place = text.includes("/") || name.includes("+0x");
          for (let shorter; !place && (shorter = unqualified(text));) {
            text = shorter;
            if (textColumns(text) <= columns) return text.join("");
          }
          if (!place) {
            const outermost = text.join("").lastIndexOf(" in ");
            if (outermost >= 0) text = Array.from(text.join("").slice(outermost + 4));
            if (textColumns(text) <= columns) return text.join("");
          }
          let result = "", used = 1;
          for (const s of text) {
            used += columnsOf(s);
            if (used > columns) break;
            result += s;
          }
          return result + "…";
        };
        """#
}
