// SPDX-License-Identifier: Apache-2.0
package dev.inlay.tools.compare;

/**
 * What was left out.
 *
 * @param device empty where the method does not suit the model
 * @param why in the words of what refused it
 */
public record Fault(String model, String method, String device, String why) {
    /** What an exception says, in one line. */
    static Fault of(String model, String method, String device, RuntimeException refusal) {
        return new Fault(
                model,
                method,
                device,
                String.valueOf(refusal.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    /** For a reader. */
    public String words() {
        return "left out: " + model + " as " + method + (device.isEmpty() ? "" : " on " + device) + ": " + why;
    }
}
