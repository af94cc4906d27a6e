// SPDX-License-Identifier: Apache-2.0
package dev.inlay.trace;

import jdk.jfr.Category;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** A kernel launch, from its hand-over to its end. */
@Name(LaunchEvent.NAME)
@Label("Launch")
@Category("Inlay")
@StackTrace(false)
@Registered
public final class LaunchEvent extends StepEvent {
    static final String NAME = "dev.inlay.Launch";

    /** Name of the node, or of the value that is converted. */
    @Label("Node")
    public String node = "";

    /** Name of the kernel. */
    @Label("Kernel")
    public String kernel = "";

    /** Operations. */
    @Label("Operations")
    public long operations;
}
