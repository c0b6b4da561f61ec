public import HearthFiles
public import HearthProfile

/// Drawn, frames are as wide as at the largest size, and coloured by how they grow with it.
extension ProfileScaling {
    /// The picture as text; the same for the same profiles and options. `reverse` and `colors` do not apply. O(nodes × sizes).
    public func svg(options: FlameGraphOptions = .init()) -> String {
        String(decoding: markup(options), as: UTF8.self)
    }

    /// Writes the picture: whole or not at all. `-` is standard output.
    public func write(to path: String, options: FlameGraphOptions = .init()) throws(FileError) {
        try AtomicFile.write(markup(options), to: path)
    }

    private func markup(_ options: FlameGraphOptions) -> [UInt8] {
        let layout = FlameLayout(
            tree, ownWeights: largestSelfValues, weights: largestTotals,
            minimumShare: options.minWidth.share(ofWidth: Picture.width(options)), frameBudget: options.frameBudget)
        let growths = layout.boxes.map { box -> Growth? in
            if case .node(let node) = box.content { growth(ofNode: node) } else { nil }
        }
        var styles = PaletteStyles()
        let colors = zip(layout.boxes, growths).map { box, growth in
            color(of: growth, weight: box.weight, isRoot: box.depth == 0, &styles)
        }
        let quantity = Quantity(unit: type.unit)
        let total = largestTotals[0]
        let picture = Picture(
            tree: tree, layout: layout, options: options,
            title: options.title ?? "Growth of \(type.type) with the input",
            subtitle: options.subtitle ?? summary, quantity: quantity, empty: "no samples",
            captions: { index in
                let weight = layout.boxes[index].weight
                return (quantity.text(weight) + ", " + percent(weight, of: total), growths[index].map(\.description))
            },
            colors: colors, styles: styles, isDiff: false)
        return picture.markup()
    }

    private var summary: String {
        let sizes = sizes.map { thousands($0.size) + ($0.runs > 1 ? " ×\($0.runs)" : "") }.joined(separator: ", ")
        return "sizes \(sizes) · red surely grows faster than n^\(decimal(Self.steep, places: 1)), "
            + "blue slower than n^0.75, grey as the input, or has too few samples"
    }

    /// Red only what surely grows faster than the input: an estimate alone is no accusation.
    private func color(of growth: Growth?, weight: Int64, isRoot: Bool, _ styles: inout PaletteStyles) -> String {
        if let growth {
            if isSteep(growth, largest: weight) {
                let step = growth.exponent < 1.6 ? 1 : growth.exponent < 2.4 ? 2 : 3
                return styles.use("g\(step)", Palette.grew[step])
            }
            if growth.upper < 0.75 {
                let step = growth.exponent < 0.3 ? 2 : 0
                return styles.use("s\(step)", Palette.shrank[step])
            }
        }
        return styles.use(isRoot ? "a" : "n", isRoot ? Palette.root : Palette.neutral)
    }
}

extension Growth: CustomStringConvertible {
    /// `n^1.98 (1.91 to 2.05)`.
    public var description: String {
        guard isKnown else { return "too few samples to say how it grows (\(interval))" }
        return "n^\(decimal(exponent, places: 2)) (\(interval))"
    }

    private var interval: String {
        let low = lower.isFinite ? decimal(lower, places: 2) : "no lower bound"
        let high = upper.isFinite ? decimal(upper, places: 2) : "no upper bound"
        return "\(low) to \(high)"
    }
}
