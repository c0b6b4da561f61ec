public import HearthFiles
public import HearthProfile

/// Drawn, a frame is as wide as the larger of its two sides, so that what vanished can be seen too, or as one of them: see
/// ``FlameGraphOptions/widths``. Of a caller's own part the larger side counts, and to it are added the widths of what it
/// calls: a caller is never narrower than its callees together.
extension ProfileDiff {
    /// The picture as text; the same for the same profiles and options. `reverse` and `colors` do not apply: red grew, blue
    /// shrank, grey may be chance. O(nodes).
    public func svg(options: FlameGraphOptions = .init()) -> String {
        String(decoding: markup(options), as: UTF8.self)
    }

    /// A web page that fetches nothing, for profiles of any size: the graph on a canvas, by both sides or one, with a table of
    /// functions and their intervals, a search, and all views that the page of a single profile has. The same for the same
    /// profiles and options; of these the title, the subtitle, orientation and `reverse` apply. O(nodes).
    public func html(options: FlameGraphOptions = .init()) -> String {
        String(decoding: page(options), as: UTF8.self)
    }

    /// Writes the picture, or the page where `path` ends in `.html`: whole or not at all. `-` is standard output.
    public func write(to path: String, options: FlameGraphOptions = .init()) throws(FileError) {
        try AtomicFile.write(path.hasSuffix(".html") ? page(options) : markup(options), to: path)
    }

    private func page(_ options: FlameGraphOptions) -> [UInt8] {
        ViewerPage(
            data: ViewerData(self), title: title(options),
            subtitle: options.subtitle ?? summary(Quantity(unit: type.unit)), options: options
        ).markup()
    }

    private func title(_ options: FlameGraphOptions) -> String {
        options.title ?? "Difference in \(defaultTitle(of: type))"
    }

    private func markup(_ options: FlameGraphOptions) -> [UInt8] {
        let layout = FlameLayout(
            tree, ownWeights: ownWeights(options.widths),
            minimumShare: options.minWidth.share(ofWidth: Picture.width(options)), frameBudget: options.frameBudget)
        var styles = PaletteStyles()
        let quantity = Quantity(unit: type.unit)
        let values = boxValues(layout)
        let family = nodeFamily()
        let changes = zip(layout.boxes, values).map { box, value in
            if case .node(let node) = box.content { return change(ofNode: node, in: family) }
            return family.change(base: value.base, new: value.new, scatter: nil)
        }
        let functions = changes.contains { $0.verdict != .noise } ? changesOfFunctions() : []
        let moved = zip(layout.boxes, changes).map { box, change in
            guard case .node(let node) = box.content, node > 0, change.verdict != .noise else { return false }
            return change.hasMoved(within: functions[Int(tree.nodeFunctions[node])])
        }
        let strongest = changes.reduce(0) { max($0, $1.certain.magnitude) }
        let colors = zip(layout.boxes, changes).map { box, change in
            color(of: change, strongest: strongest, isRoot: box.depth == 0, &styles)
        }
        let picture = Picture(
            tree: tree, layout: layout, options: options, title: title(options),
            subtitle: options.subtitle ?? summary(quantity, options.widths), quantity: quantity, empty: "no samples",
            captions: { index in caption(values[index], changes[index], moved: moved[index], quantity) },
            colors: colors, styles: styles, isDiff: true)
        return picture.markup()
    }

    /// What the values of each side are multiplied by, so that both have one scale.
    var sideScales: [Double] {
        let divisors = normalization.divisors ?? (Double(baseTotal), Double(newTotal))
        let larger = max(divisors.base, divisors.new)
        return [divisors.base, divisors.new].map { $0 > 0 ? larger / $0 : 1 }
    }

    /// For each node how wide its own part is; of both sides, they are brought to one scale.
    private func ownWeights(_ widths: FrameWidths) -> [Int64] {
        switch widths {
        case .base: return tree.selfValues[0]
        case .new: return tree.selfValues[1]
        case .larger: break
        }
        let scales = sideScales
        return zip(tree.selfValues[0], tree.selfValues[1]).map { base, new in
            max(scaled(base, by: scales[0]), scaled(new, by: scales[1]))
        }
    }

    private func scaled(_ value: Int64, by scale: Double) -> Int64 {
        if scale == 1 || value == 0 { return value }
        // What is there at all keeps some width.
        return max(1, Int64((Double(value) * scale).rounded(), clampedTo: .max))
    }

    /// Both values of every box; for a sum of pruned frames, those of the caller without what it spends itself and what
    /// the boxes beside it have.
    private func boxValues(_ layout: FlameLayout) -> [(base: Int64, new: Int64)] {
        var values: [(base: Int64, new: Int64)] = []
        var path: [Int] = []
        var rest: [(base: Int64, new: Int64)] = []
        for (index, box) in layout.boxes.enumerated() {
            path.removeLast(max(0, path.count - box.depth))
            switch box.content {
            case .node(let node):
                let value = (base: tree.totals[0][node], new: tree.totals[1][node])
                values.append(value)
                rest.append((value.base - tree.selfValues[0][node], value.new - tree.selfValues[1][node]))
                if let caller = path.last {
                    rest[caller].base = max(0, rest[caller].base - value.base)
                    rest[caller].new = max(0, rest[caller].new - value.new)
                }
            case .pruned:
                // Pruned frames come after all that their caller calls: what is left of it is theirs.
                let left = path.last.map { rest[$0] } ?? (0, 0)
                values.append((max(0, left.base), max(0, left.new)))
                rest.append((0, 0))
            }
            path.append(index)
        }
        return values
    }

    private func color(
        of change: DiffChange, strongest: Double, isRoot: Bool, _ styles: inout PaletteStyles
    ) -> String {
        let step = Palette.step(ofChange: change.certain, strongest: strongest)
        switch change.verdict {
        case .grew: return styles.use("g\(step)", Palette.grew[step])
        case .shrank: return styles.use("s\(step)", Palette.shrank[step])
        case .noise: return styles.use(isRoot ? "a" : "n", isRoot ? Palette.root : Palette.neutral)
        }
    }

    private func caption(
        _ value: (base: Int64, new: Int64), _ change: DiffChange, moved: Bool, _ quantity: Quantity
    ) -> (title: String, note: String?) {
        let share = percent(value.new, of: newTotal)
        let amounts = amounts(value, quantity)
        let before = "\(amounts.base), \(percent(value.base, of: baseTotal))"
        let presence: String
        switch change.presence {
        case .onlyNew: presence = moved ? "moved here" : "new"
        case .onlyBase: presence = moved ? "moved away" : "gone"
        case .both, .neither: presence = moved ? "moved" : ""
        }
        let title = "\(amounts.new), \(share); \(difference(change.difference, quantity))"
        let interval =
            "\(difference(change.interval.lowerBound, quantity)) … \(difference(change.interval.upperBound, quantity))"
        let verdict =
            switch change.verdict {
            case .grew: "grew"
            case .shrank: "shrank"
            case .noise: change.isJudged ? "may be chance" : "too few samples to say"
            }
        let note = "\(presence.isEmpty ? "" : presence + " · ")was \(before) · \(verdict): \(interval)"
        return (title, note)
    }

    /// Both values in words: as they are, or for each unit of work or second.
    private func amounts(_ value: (base: Int64, new: Int64), _ quantity: Quantity) -> (base: String, new: String) {
        guard normalization != .absolute, let divisors = normalization.divisors else {
            return (quantity.text(value.base), quantity.text(value.new))
        }
        return (
            quantity.quotientText(Double(value.base) / divisors.base),
            quantity.quotientText(Double(value.new) / divisors.new)
        )
    }

    /// `+1.25%` of the total, or `-3.4 ms`.
    private func difference(_ value: Double, _ quantity: Quantity) -> String {
        switch normalization {
        case .share:
            let text = decimal(value * 100, places: 2) + "%"
            return text.hasPrefix("-") ? text : "+" + text
        case .absolute:
            let text = quantity.text(Int64(value.magnitude.rounded(), clampedTo: .max))
            return (value < 0 ? "-" : "+") + text
        case .work, .time:
            return (value < 0 ? "-" : "+") + quantity.quotientText(value.magnitude)
        }
    }

    private func summary(_ quantity: Quantity, _ widths: FrameWidths = .larger) -> String {
        let amounts = amounts((baseTotal, newTotal), quantity)
        var totals = "\(amounts.base) → \(amounts.new)"
        switch normalization {
        case .share, .absolute: break
        case .work(let base, let new):
            totals += " a unit of work · \(thousands(base)) → \(thousands(new)) units"
        case .time(let base, let new):
            let seconds = Quantity(unit: "nanoseconds")
            totals += " a second · \(seconds.text(base)) → \(seconds.text(new))"
        }
        switch widths {
        case .larger: break
        case .base: totals += " · as wide as in the base"
        case .new: totals += " · as wide as in the new profile"
        }
        return "\(totals) · red grew, blue shrank, grey may be chance · \(evidence)"
    }
}
