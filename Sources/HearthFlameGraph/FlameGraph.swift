public import HearthFiles
public import HearthProfile

/// The flame graph of one column of a profile: a picture in which the width of a frame is its share.
///
/// ```swift
/// try FlameGraph(profile).write(to: "flamegraph.svg")
/// ```
public struct FlameGraph: Sendable {
    private var profile: Profile
    private let column: Int
    private let options: FlameGraphOptions

    /// Values under zero are left out, and so are thunks, see `Profile.hidingThunks()`.
    ///
    /// - Parameters:
    ///   - profile: what is drawn, without its thunks.
    ///   - column: index in `profile.sampleTypes`; the profile's default where it is nil or out of range.
    ///   - options: looks.
    ///
    /// O(1): the stacks are folded into a tree when they are drawn.
    public init(_ profile: Profile, column: Int? = nil, options: FlameGraphOptions = .init()) {
        self.profile = profile
        self.column = profile.validColumn(column)
        self.options = options
    }

    /// The picture as text; the same for the same profile and options. O(stacks + samples), with `options.reverse` O(sum of
    /// depths).
    public consuming func svg() -> String { String(decoding: markup(), as: UTF8.self) }

    /// A web page that fetches nothing, for profiles of any size: the graph on a canvas, reversed and as a sandwich too, with a
    /// table of functions, a search, filters by function and label, and all sample types. The same for the same profile and
    /// options; of these the title, the subtitle, colours, orientation and `reverse` apply. O(stacks + samples) a sample type.
    public func html() -> String { String(decoding: page(), as: UTF8.self) }

    /// Writes the picture, or the page where `path` ends in `.html`: whole or not at all. `-` is standard output.
    public consuming func write(to path: String) throws(FileError) {
        try AtomicFile.write(path.hasSuffix(".html") ? page() : markup(), to: path)
    }

    private var type: ValueType { profile.sampleTypes[column] }

    private var title: String { options.title ?? defaultTitle(of: type) }

    private var subtitle: String {
        options.subtitle ?? profile.summary(column: column) + (options.isChart ? " · in the order of time" : "")
    }

    private func page() -> [UInt8] {
        let data = ViewerData(profile, column: column, colors: options.colors)
        return ViewerPage(data: data, title: title, subtitle: subtitle, options: options).markup()
    }

    private consuming func markup() -> [UInt8] {
        let (type, title, subtitle) = (type, title, subtitle)
        let tree =
            options.isChart
            ? CallTree(chronological: profile.hidingThunks(), column: column, reversed: options.reverse)
            : CallTree(profile.hidingThunks(), column: column, reversed: options.reverse)
        // All that is drawn is in the tree: where nobody else has the profile, its memory serves the picture.
        profile = Profile(sampleTypes: profile.sampleTypes)
        let own = tree.selfValues[0]
        let layout = FlameLayout(
            tree, ownWeights: own, weights: tree.totals[0],
            minimumShare: options.minWidth.share(ofWidth: Picture.width(options)), frameBudget: options.frameBudget)
        let colors = FrameColors(tree, layout, scheme: options.colors)
        let total = tree.totals[0][0]
        let quantity = Quantity(unit: type.unit)
        let picture = Picture(
            tree: tree, layout: layout, options: options, title: title, subtitle: subtitle, quantity: quantity,
            empty: "no samples",
            captions: { index in
                let weight = layout.boxes[index].weight
                return (quantity.text(weight) + ", " + percent(weight, of: total), nil)
            },
            colors: colors.classes, styles: colors.styles, isDiff: false)
        return picture.markup()
    }
}
