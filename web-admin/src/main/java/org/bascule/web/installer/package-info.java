/**
 * Hands the agent out to machines that do not have it: its files, as the operator has put them into a folder, and a script that installs them.
 *
 * <p>Invariants: three names and no other file of the folder; no secret goes in or out, so everybody may have it; the script names the hash of each file, and whoever shows
 * its address shows its hash ({@code docs/decisions/0047}).
 */
@NullMarked
package org.bascule.web.installer;

import org.jspecify.annotations.NullMarked;
