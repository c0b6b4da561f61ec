/// The part of a picture's script that turns its stacks around: leaves at the root, under each the ways to it. Made from the frames
/// that are drawn when somebody first asks for it.
enum ReversedScript {
    static let source = #"""
        const turnedAround = () => {
          const root = { name: "", weight: 0, own: 0, calls: new Map(), like: forward[0] };
          for (const leaf of forward) {
            const own = leaf.weight - leaf.children;
            if (own <= 0) continue;
            root.weight += own;
            let node = root;
            for (let frame = leaf; frame.parent; frame = frame.parent) {
              // How many frames a sum holds is another matter in each place.
              const name = frame.rect.classList.contains("o") ? "[other]" : frame.name;
              let next = node.calls.get(name);
              if (!next) node.calls.set(name, next = { name, weight: 0, own: 0, calls: new Map(), like: frame });
              next.weight += own;
              node = next;
            }
            node.own += own;
          }
          // As narrow as the narrowest that is drawn, a frame is one for nobody.
          const least = root.weight / Math.max(width * 10, 1), found = [];
          const pending = [[root, null]];
          while (pending.length) {
            const [node, parent] = pending.pop();
            const group = parent ? make(SVG, "g", layer, { class: "frame", display: "none" }) : forward[0].group;
            const rect = parent ? node.like.rect.cloneNode() : forward[0].rect;
            if (parent) group.appendChild(rect);
            const frame = {
              group, rect, text: parent ? null : forward[0].text, index: found.length, depth: parent ? parent.depth + 1 : 0,
              weight: node.weight, own: node.own, parent, children: 0, end: found.length + 1, hidden: false,
              name: parent ? node.name : forward[0].name, full: parent ? node.like.full : "", note: "",
              caption: parent ? quantity(node.weight) + ", " + percent(node.weight, root.weight) : forward[0].caption,
              shown: node.weight, x: 0, width: 0, drawn: true, taken: 0,
            };
            frame.key = keyOf(frame);
            if (parent) parent.children += node.weight;
            found.push(frame);
            ofBackward.set(group, frame);
            const calls = [...node.calls.values()].filter((call) => call.weight >= least);
            // By name, and off the stack in that order.
            calls.sort((a, b) => a.name < b.name ? 1 : a.name > b.name ? -1 : 0);
            for (const call of calls) pending.push([call, frame]);
          }
          for (let i = found.length - 1; i > 0; i--) found[i].parent.end = Math.max(found[i].parent.end, found[i].end);
          return found;
        };
        """#
}
