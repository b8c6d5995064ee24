package files

import (
	"os"
	"path"
	"syscall"
)

// MakeReadable opens the task's outputs to the stage that uploads them, which may run as another user: files become
// readable, folders and the folders above them readable and searchable. It changes only what this process owns, goes
// through the virtual root and so never leaves it, and follows no link. What cannot be changed is left for the upload
// to name.
func MakeReadable(files string, paths []string) {
	if len(paths) == 0 {
		return
	}
	root, err := os.OpenRoot(files)
	if err != nil {
		return
	}
	defer root.Close()
	for _, taskPath := range paths {
		name := Inside(taskPath)
		for i, c := range name {
			if c == '/' {
				open(root, name[:i])
			}
		}
		openTree(root, name)
	}
}

func openTree(root *os.Root, name string) {
	if info := open(root, name); info == nil || !info.IsDir() {
		return
	}
	folder, err := root.Open(name)
	if err != nil {
		return
	}
	defer folder.Close()
	for {
		entries, err := folder.ReadDir(256)
		for _, entry := range entries {
			openTree(root, path.Join(name, entry.Name()))
		}
		if err != nil {
			return
		}
	}
}

// open adds the missing rights to one file or folder; nil means that it is a link, special or absent.
func open(root *os.Root, name string) os.FileInfo {
	info, err := root.Lstat(name)
	if err != nil {
		return nil
	}
	rights := os.FileMode(0o444)
	switch {
	case info.IsDir():
		rights = 0o555
	case !info.Mode().IsRegular():
		return nil
	}
	if isOwn(info) && info.Mode()&rights != rights {
		_ = root.Chmod(name, info.Mode()|rights)
	}
	return info
}

func isOwn(info os.FileInfo) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(owner.Uid) == os.Geteuid()
}
