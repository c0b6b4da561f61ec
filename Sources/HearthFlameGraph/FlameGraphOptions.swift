/// How a flame graph looks.
public struct FlameGraphOptions: Sendable {
    /// Which way the stacks grow.
    public enum Orientation: String, Sendable, CaseIterable {
        /// Callers below, callees above.
        case flame
        /// Callers above, callees below.
        case icicle
    }

    /// Shown above the graph; nil names what was measured.
    public var title: String?
    /// Shown below the title; nil says how much was measured. What was pruned is said after it in either case.
    public var subtitle: String?
    /// Width of the picture in pixels; at least 320. Opened on its own in a browser, the graph fills the window.
    public var width: Int
    /// Narrower frames are summed up in one frame a caller.
    public var minWidth: MinimumWidth
    /// The most frames to draw. Where there are more, the widest are drawn and the rest is summed up; the
    /// root and one sum are drawn in any case.
    public var frameBudget: Int
    public var colors: ColorScheme
    public var orientation: Orientation
    /// Puts the leaves at the root: who calls the costly functions.
    public var reverse: Bool
    /// Draws a flame chart: samples from left to right as their time blocks follow one another, of which only neighbours are
    /// added up. Of pictures of one profile.
    public var isChart: Bool
    /// Of the picture of a difference: which side says how wide a frame is.
    public var widths: FrameWidths

    public init(
        title: String? = nil, subtitle: String? = nil, width: Int = 1200, minWidth: MinimumWidth = .pixels(0.1),
        frameBudget: Int = 10_000, colors: ColorScheme = .module, orientation: Orientation = .flame,
        reverse: Bool = false, isChart: Bool = false, widths: FrameWidths = .larger
    ) {
        self.title = title
        self.subtitle = subtitle
        self.width = width
        self.minWidth = minWidth
        self.frameBudget = frameBudget
        self.colors = colors
        self.orientation = orientation
        self.reverse = reverse
        self.isChart = isChart
        self.widths = widths
    }
}

/// The width under which a frame is not drawn on its own, as `0.1` pixels or as `0.5%` of the graph.
public enum MinimumWidth: Hashable, Sendable, LosslessStringConvertible {
    case pixels(Double)
    case percent(Double)

    /// Nil for what is no number from 0 up, or a percentage over 100.
    public init?(_ description: String) {
        let isPercent = description.hasSuffix("%")
        guard let number = Double(isPercent ? String(description.dropLast()) : description), number.isFinite,
            number >= 0, !isPercent || number <= 100
        else { return nil }
        self = isPercent ? .percent(number) : .pixels(number)
    }

    public var description: String {
        switch self {
        case .pixels(let number): "\(number)"
        case .percent(let number): "\(number)%"
        }
    }

    /// The part of a graph `width` pixels wide, 0…1.
    func share(ofWidth width: Double) -> Double {
        switch self {
        case .pixels(let number): number / width
        case .percent(let number): number / 100
        }
    }
}

/// Which side of a difference says how wide a frame is. What that side has not is not drawn.
public enum FrameWidths: String, Sendable, CaseIterable {
    /// The larger of the two, so that what is new and what is gone can both be seen.
    case larger
    case base
    case new
}

/// What the colour of a frame says.
public enum ColorScheme: String, Sendable, CaseIterable {
    /// One hue a module, program or library; the system's and the runtime's are cool, the program's own warm.
    case module
    /// What kind of code it is: the program's, a library's, the kernel's (`_[k]`), inlined (`_[i]`), compiled at run
    /// time (`_[j]`).
    case kind
    /// One of all hues by name: one function has one colour wherever it stands.
    case hash
    /// Reds to yellows by name, as the first flame graphs.
    case warm
    /// One hue for each label value under which the frame stands; see `--group-by`.
    case label
}
