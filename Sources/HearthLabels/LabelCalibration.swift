internal import CHearthSampler

/// Lets the handler find the label that is in force, by binding known values where the handler will look for them.
package enum LabelCalibration {
    /// Looks outside a task; called on Hearth's own thread. True when labels bound outside tasks will be seen.
    package static func calibrateThread() -> Bool {
        CurrentLabels.publish()
        let marker: UInt64 = 0x4865_6172_7468_0001
        return CurrentLabels.identifier.withValue(marker) { hearth_labels_calibrate(marker, false) }
    }

    /// Looks inside a task; called in one. True when labels bound in tasks will be seen.
    package static func calibrateTask() async -> Bool {
        CurrentLabels.publish()
        let marker: UInt64 = 0x4865_6172_7468_0002
        return CurrentLabels.identifier.withValue(marker) { hearth_labels_calibrate(marker, true) }
    }

    /// The label that a handler on this thread would see now.
    package static var current: UInt64 { hearth_labels_current() }
}
