// SPDX-License-Identifier: Apache-2.0
/**
 * The OpenCL platforms that tests run on. A test that needs one is tagged {@code opencl} and runs once per platform,
 * each in a process of its own with its own environment (see the executions of surefire in {@code pom.xml}), because
 * drivers disturb each other and some end the process. A platform that is not installed skips its tests and says so.
 *
 * <p>On Oclgrind every test is watched by {@link dev.inlay.runtimetests.platform.OclgrindWatch}.
 */
@NullMarked
package dev.inlay.runtimetests.platform;

import org.jspecify.annotations.NullMarked;
