public import HearthFiles
public import HearthProfile

/// The flame graph of one column of a profile: a picture in which the width of a frame is its share.
///
/// ```swift
/// try FlameGraph(profile).write(to: "flamegraph.svg")
/// ```
public struct FlameGraph: Sendable {
    let tree: CallTree
    let type: ValueType
    let options: FlameGraphOptions
    let summary: String

    /// Folds the stacks into a tree. Values under zero are left out, and so are thunks, see `Profile.hidingThunks()`.
    ///
    /// - Parameters:
    ///   - profile: what is drawn, without its thunks.
    ///   - column: index in `profile.sampleTypes`; the profile's default where it is nil or out of range.
    ///   - options: looks.
    ///
    /// O(stacks + samples); with `options.reverse` O(sum of depths).
    public init(_ profile: Profile, column: Int? = nil, options: FlameGraphOptions = .init()) {
        let column = profile.validColumn(column)
        tree = CallTree(profile.hidingThunks(), column: column, reversed: options.reverse)
        type = profile.sampleTypes[column]
        self.options = options
        summary = profile.summary(column: column)
    }

    /// The picture as text; the same for the same profile and options. O(nodes).
    public func svg() -> String { String(decoding: markup(), as: UTF8.self) }

    /// The picture alone on a web page that fetches nothing. O(nodes).
    public func html() -> String { String(decoding: page(around: markup(), title: title), as: UTF8.self) }

    /// Writes the picture, or the page where `path` ends in `.html`: whole or not at all. `-` is standard output.
    public func write(to path: String) throws(FileError) {
        let picture = markup()
        try AtomicFile.write(path.hasSuffix(".html") ? page(around: picture, title: title) : picture, to: path)
    }

    private var title: String { options.title ?? defaultTitle(of: type) }

    private func markup() -> [UInt8] {
        let own = tree.selfValues[0]
        let layout = FlameLayout(
            tree, ownWeights: own, weights: tree.totals[0],
            minimumShare: options.minWidth.share(ofWidth: Picture.width(options)), frameBudget: options.frameBudget)
        let colors = FrameColors(tree, layout, scheme: options.colors)
        let total = tree.totals[0][0]
        let quantity = Quantity(unit: type.unit)
        let picture = Picture(
            tree: tree, layout: layout, options: options, title: title,
            subtitle: options.subtitle ?? summary, quantity: quantity, empty: "no samples",
            captions: { index in
                let weight = layout.boxes[index].weight
                return (quantity.text(weight) + ", " + percent(weight, of: total), nil)
            },
            colors: colors.classes, styles: colors.styles, isDiff: false)
        return picture.markup()
    }
}
