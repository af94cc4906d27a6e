// SPDX-License-Identifier: Apache-2.0
/**
 * The seam between Inlay and OpenCL: {@link dev.inlay.backend.opencl.binding.ClApi} is all of OpenCL that Inlay calls,
 * and the only thing a Java binding of OpenCL has to implement.
 *
 * <p>Getting one:
 *
 * <pre>{@code
 * switch (ClBinding.load("lwjgl")) {
 *     case ClBinding.Available(String name, ClApi api) -> …
 *     case ClBinding.Unavailable(String name, String cause, String remedy) -> …
 * }
 * }</pre>
 *
 * <p>Rules that hold on every binding:
 *
 * <ul>
 *   <li>Handles are opaque. {@code ClPlatform} and {@code ClDevice} belong to the driver and compare by what they name;
 *       a {@code ClObject} belongs to whoever created it, is released once (releasing it again does nothing), and
 *       refuses to be used afterwards.
 *   <li>A context has exactly one device, because buffers and events never cross devices.
 *   <li>Host memory is native {@code MemorySegment}s only. A copy that does not block reads or writes the segment until
 *       its event completes: the arena must outlive it.
 *   <li>A refusal by OpenCL is a {@code ClException} naming the call and the code. Answers that are normal (a build that
 *       failed, a binary of another board, no OpenCL at all) are values.
 *   <li>Calls may be made from any thread, with one exception that is OpenCL's own: the arguments of one kernel are set
 *       and launched by one thread at a time.
 * </ul>
 *
 * <p>A new binding is one package with a {@code ClBindingProvider} named in {@code META-INF/services}. Decorators
 * ({@code FaultyApi}, {@code RecordingApi}, {@code LedgerApi}) wrap any binding; {@code ImaginaryApi} needs none.
 */
@NullMarked
package dev.inlay.backend.opencl.binding;

import org.jspecify.annotations.NullMarked;
