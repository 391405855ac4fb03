/**
 * The servers and programs of a running demo, one class each: how it is set up, started, and known to be ready.
 *
 * <p>Set-up goes through the scripts of the installation, which are also what an administrator runs. A part listens on the loopback
 * interface only. A part knows its own files and ports, not the order in which the parts start.
 */
@NullMarked
package org.bascule.launcher.part;

import org.jspecify.annotations.NullMarked;
