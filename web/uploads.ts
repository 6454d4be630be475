// SPDX-License-Identifier: GPL-3.0-or-later
// What pages need on which something can be uploaded; how uploads go on is a script of its own, fetched with the first file.
import './elements/upload-queue'
