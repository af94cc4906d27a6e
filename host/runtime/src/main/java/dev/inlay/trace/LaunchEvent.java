// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A kernel launch, from its hand-over to its end. */
@Name(LaunchEvent.NAME)
@Label("Launch")
@Category("Inlay")
@StackTrace(false)
public final class LaunchEvent extends Event {
    static final String NAME = "dev.inlay.Launch";

    /** The number of the request in this process. */
    @Label("Request")
    public long request;

    /** Id of the device. */
    @Label("Device")
    public String device = "";

    /** Position in the plan. */
    @Label("Step")
    public int step;

    /** Name of the node, or of the value that is converted. */
    @Label("Node")
    public String node = "";

    /** Name of the kernel. */
    @Label("Kernel")
    public String kernel = "";

    /** Bytes that it reads and writes once. */
    @Label("Bytes")
    public long bytes;

    /** Operations. */
    @Label("Operations")
    public long operations;
}
