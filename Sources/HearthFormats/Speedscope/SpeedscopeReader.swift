internal import Foundation
internal import HearthProfile

/// Reads speedscope's sampled and evented profiles.
///
/// In a file of Hearth's the profiles are the sample types of one set of samples. In others they are mostly threads, so
/// those of one unit become one sample type, told apart by the label `thread`.
struct SpeedscopeReader {
    static let exporter = "hearth"

    /// Every sample has a value in each column: thousands of columns would be an attack.
    private static let mostColumns = 64

    private let file: SpeedscopeFile
    private let limits: ReadLimits
    private var profile: Profile
    private var frames: [FrameID] = []

    private typealias Reason = ProfileReadError.Reason

    init(_ bytes: [UInt8], limits: ReadLimits) throws(ProfileReadError.Reason) {
        self.limits = limits
        file = try Self.decode(bytes)
        guard !file.profiles.isEmpty else { throw .badSpeedscope("there is no profile", place: "profiles") }
        profile = Profile(sampleTypes: [.samples])
    }

    /// The profile. O(bytes).
    mutating func read() throws(ProfileReadError.Reason) -> Profile {
        let isOurs = file.exporter?.hasPrefix(Self.exporter + " ") == true
        let types = file.profiles.map { isOurs ? Self.ourType($0) : Self.type($0) }
        var columns: [ValueType] = []
        for type in types where !columns.contains(type) {
            guard columns.count < Self.mostColumns else {
                throw .badSpeedscope("there are more than \(Self.mostColumns) sample types", place: "profiles")
            }
            columns.append(type)
        }
        let scales = columns.map { column in
            column.unit == "count"
                ? Self.scale(zip(file.profiles, types).filter { $0.1 == column }.map(\.0)) : DecimalScale(digits: 0)
        }
        let active = file.activeProfileIndex.flatMap { types.indices.contains($0) ? types[$0] : nil }
        let shown = active.flatMap(columns.firstIndex) ?? 0
        profile = Profile(
            sampleTypes: zip(scales, columns).map { $0.scaled($1) }, defaultSampleType: shown,
            periodType: columns[shown])
        for entry in file.shared.frames { frames.append(frame(entry)) }
        let threads = Set(file.profiles.map(\.name)).count > 1 && !isOurs
        for (index, part) in file.profiles.enumerated() {
            let labels = profile.intern(labels: threads ? ["thread": .text(part.name)] : [:])
            guard let column = columns.firstIndex(of: types[index]) else { continue }
            let place = "profiles[\(index)]"
            let factor = Self.factor(part) * Double(scales[column].factor)
            if part.type == "evented" {
                try addEvents(part, place, column: column, factor: factor, labels: labels)
            } else {
                try addSamples(part, place, column: column, factor: factor, labels: labels)
            }
        }
        return profile
    }

    private static func decode(_ bytes: [UInt8]) throws(ProfileReadError.Reason) -> SpeedscopeFile {
        do {
            return try JSONDecoder().decode(SpeedscopeFile.self, from: Data(bytes))
        } catch DecodingError.keyNotFound(let key, let context) {
            throw .badSpeedscope("\"\(key.stringValue)\" is missing", place: place(context))
        } catch DecodingError.typeMismatch(let type, let context) {
            throw .badSpeedscope("\(type) expected", place: place(context))
        } catch DecodingError.valueNotFound(let type, let context) {
            throw .badSpeedscope("\(type) expected", place: place(context))
        } catch DecodingError.dataCorrupted(let context) {
            if let fault = JSONFault.find(in: bytes) { throw .badJSON(fault.what, byte: fault.byte) }
            // A well-formed number that the place has no room for, such as a frame's index of 30 digits.
            throw .badSpeedscope("a number is malformed or out of range", place: place(context))
        } catch {
            throw .badSpeedscope("it cannot be decoded", place: "")
        }
    }

    /// `profiles[0].samples[3]`.
    private static func place(_ context: DecodingError.Context) -> String {
        context.codingPath.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }

    // MARK: Types

    private static func ourType(_ part: SpeedscopeFile.SampledProfile) -> ValueType {
        ValueType(type: part.name, unit: SpeedscopeUnit.unit(of: part.unit).unit)
    }

    private static func type(_ part: SpeedscopeFile.SampledProfile) -> ValueType {
        let unit = SpeedscopeUnit.unit(of: part.unit).unit
        return switch unit {
        case "nanoseconds": ValueType(type: "time", unit: unit)
        case "bytes": ValueType(type: "space", unit: unit)
        default: .samples
        }
    }

    private static func factor(_ part: SpeedscopeFile.SampledProfile) -> Double {
        SpeedscopeUnit.unit(of: part.unit).factor
    }

    /// The scale in which every weight is whole, as far as six digits reach.
    private static func scale(_ parts: [SpeedscopeFile.SampledProfile]) -> DecimalScale {
        let weights = parts.flatMap { ($0.weights ?? []) + ($0.events ?? []).map(\.at) }
        for digits in 0..<DecimalScale.mostDigits {
            let factor = Double(DecimalScale(digits: digits).factor)
            if weights.allSatisfy({ abs(($0 * factor).rounded() - $0 * factor) < 1e-9 * max(1, abs($0)) }) {
                return DecimalScale(digits: digits)
            }
        }
        return DecimalScale(digits: DecimalScale.mostDigits)
    }

    // MARK: Samples

    private mutating func frame(_ entry: SpeedscopeFile.FrameEntry) -> FrameID {
        let name = profile.intern(entry.name.isEmpty ? "(anonymous)" : entry.name)
        let file = profile.intern(entry.file ?? "")
        return profile.intern(Frame(name: name, file: file, line: entry.line.flatMap(Self.line) ?? 0))
    }

    private static func line(_ number: Double) -> UInt32? { UInt32(exactly: number.rounded()) }

    private mutating func addSamples(
        _ part: SpeedscopeFile.SampledProfile, _ place: String, column: Int, factor: Double, labels: LabelSetID
    ) throws(ProfileReadError.Reason) {
        guard part.type == "sampled" else { throw .badSpeedscope("type \"\(part.type)\" is not known", place: place) }
        guard let samples = part.samples, let weights = part.weights, samples.count == weights.count else {
            throw .badSpeedscope("as many weights as samples are expected", place: place)
        }
        for (index, sample) in samples.enumerated() {
            var stack = StackID.empty
            guard sample.count <= limits.stackDepth else {
                throw .stackTooDeep(limit: limits.stackDepth, sample: index)
            }
            for frame in sample { stack = try push(frame, on: stack, "\(place).samples[\(index)]") }
            add(stack, weights[index] * factor, column: column, labels: labels)
        }
    }

    private mutating func addEvents(
        _ part: SpeedscopeFile.SampledProfile, _ place: String, column: Int, factor: Double, labels: LabelSetID
    ) throws(ProfileReadError.Reason) {
        var stack = StackID.empty
        var depth = 0
        var last = part.startValue
        for (index, event) in (part.events ?? []).enumerated() {
            let place = "\(place).events[\(index)]"
            guard event.at >= last else { throw .badSpeedscope("time goes backwards", place: place) }
            if event.at > last { add(stack, (event.at - last) * factor, column: column, labels: labels) }
            last = event.at
            switch event.type {
            case "O":
                depth += 1
                guard depth <= limits.stackDepth else { throw .stackTooDeep(limit: limits.stackDepth, sample: index) }
                stack = try push(event.frame, on: stack, place)
            case "C":
                guard stack != .empty, frames.indices.contains(event.frame),
                    profile.stacks.leaf(of: stack) == frames[event.frame]
                else { throw .badSpeedscope("a frame is left that is not the innermost", place: place) }
                depth -= 1
                stack = profile.stacks.parent(of: stack)
            default:
                throw .badSpeedscope("event type \"\(event.type)\" is not known", place: place)
            }
        }
    }

    private mutating func push(
        _ index: Int, on stack: StackID, _ place: String
    ) throws(ProfileReadError.Reason) -> StackID {
        guard frames.indices.contains(index) else {
            throw .badSpeedscope("frame \(index) is out of range, there are \(frames.count)", place: place)
        }
        guard profile.stacks.count <= limits.stacks else { throw .tooManyStacks(limit: limits.stacks) }
        return profile.push(frames[index], on: stack)
    }

    private mutating func add(_ stack: StackID, _ value: Double, column: Int, labels: LabelSetID) {
        let rounded = value.rounded()
        guard rounded != 0, !value.isNaN else { return }
        var values = [Int64](repeating: 0, count: profile.sampleTypes.count)
        values[column] = Int64(exactly: rounded) ?? (value < 0 ? .min : .max)
        profile.add(Profile.Sample(stack: stack, labels: labels), values: values)
    }
}
