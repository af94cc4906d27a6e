// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** A step that a device does, from its hand-over to its end. */
@Category("Inlay")
@StackTrace(false)
@Registered(false)
public abstract class StepEvent extends Event {
    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Id of the device. */
    @Label("Device")
    public String device = "";

    /** Position in the plan. */
    @Label("Step")
    public int step;

    /** Bytes that are read, written or copied, each once. */
    @Label("Bytes")
    public long bytes;
}
