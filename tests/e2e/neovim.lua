-- What a person does in Neovim: open a file, see a finding, hover, edit, see the findings move.
-- Then with the module in client/neovim: colors on and off, the list of sections, the status.
-- FILE, MODULE and SERVER (a command, its words separated by spaces) come from the environment.
-- Runs under 0.7 (UTF-16 positions) and later versions (UTF-8).

local function wait_for(what, condition)
  assert(vim.wait(20000, condition, 20), 'no ' .. what)
end

local function check(what, actual, expected)
  assert(vim.deep_equal(actual, expected), what .. ': ' .. vim.inspect(actual))
end

local function start(buf)
  local config = {
    name = 'ppl',
    cmd = vim.split(os.getenv('SERVER'), ' '),
    root_dir = vim.fn.getcwd(),
    settings = { ppl = { debounceMs = 0, severity = 'hint' } },
  }
  -- Versions before 0.8 can not be asked for their settings; nvim-lspconfig pushes them like this.
  config.on_init = function(client)
    client.notify('workspace/didChangeConfiguration', { settings = config.settings })
  end
  if vim.lsp.start then return vim.lsp.start(config, { bufnr = buf }) end
  local id = vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(buf, id)
  return id
end

local function marks(buf)
  local found = {}
  for _, mark in ipairs(vim.diagnostic.get(buf)) do
    local line = vim.api.nvim_buf_get_lines(buf, mark.lnum, mark.lnum + 1, true)[1]
    table.insert(found, line:sub(mark.col + 1, mark.end_col))
  end
  return found
end

local function hover(buf, id)
  local mark = vim.diagnostic.get(buf)[1]
  vim.api.nvim_win_set_cursor(0, { mark.lnum + 1, mark.col + 1 })
  local encoding = vim.lsp.get_client_by_id(id).offset_encoding
  local params = vim.lsp.util.make_position_params(0, encoding)
  local answers = vim.lsp.buf_request_sync(buf, 'textDocument/hover', params, 20000)
  local _, answer = next(answers)
  return answer.result.contents.value
end

-- The words that are colored, with their groups.
local function colored(buf)
  local found = {}
  local ns = vim.api.nvim_get_namespaces()['ppl.heat']
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buf, ns, 0, -1, { details = true })) do
    local _, row, from, details = unpack(mark)
    local line = vim.api.nvim_buf_get_lines(buf, row, row + 1, true)[1]
    table.insert(found, details.hl_group .. ' ' .. line:sub(from + 1, details.end_col))
  end
  return found
end

local function with_module(buf)
  local ppl = require('ppl')
  wait_for('status', function() return ppl.status():find('^ppl ') end)
  check('colors of nobody who asked', colored(buf), {})
  vim.cmd('PplHeat on')
  wait_for('color', function() return #colored(buf) == 1 end)
  check('color', colored(buf), { 'PplSurprise5 zzword' })
  vim.api.nvim_buf_set_text(buf, 1, 0, 1, 0, { 'zz中文 ' })
  vim.cmd('doautocmd TextChanged')
  wait_for('colors after an edit', function() return #colored(buf) == 2 end)
  check('colors after an edit', colored(buf), { 'PplSurprise5 zz中文', 'PplSurprise5 zzword' })
  vim.cmd('PplHeat off')
  check('colors that are off', colored(buf), {})
  vim.cmd('PplHeat findings')
  check('what is shown', ppl.heat(), 'findings')
  vim.cmd('undo')
  wait_for('the finding again', function() return #vim.diagnostic.get(buf) == 1 end)

  local win = vim.api.nvim_get_current_win()
  vim.cmd('PplProfile')
  wait_for('profile', function() return #vim.fn.getloclist(win) > 0 end)
  local section = vim.fn.getloclist(win)[1]
  check('line of the section', section.lnum, 1)
  assert(section.text:find('perplexity %d') and section.text:find('1 finding'), section.text)
  vim.cmd('lclose')
  check('default colors', vim.fn.synIDattr(vim.fn.synIDtrans(vim.fn.hlID('PplSurprise5')), 'bg#', 'gui'), '#ffd489')
  vim.cmd('highlight PplSurprise5 guibg=#123456')
  vim.cmd('doautocmd ColorScheme')
  check('colors of one\'s own', vim.fn.synIDattr(vim.fn.hlID('PplSurprise5'), 'bg#', 'gui'), '#123456')
end

local function session()
  vim.opt.runtimepath:append(os.getenv('MODULE'))
  vim.o.termguicolors, vim.o.background = true, 'dark'
  require('ppl').setup({ debounce_ms = 1 })
  vim.cmd('edit ' .. os.getenv('FILE'))
  local buf = vim.api.nvim_get_current_buf()
  local id = assert(start(buf), 'no client')
  wait_for('finding', function() return #vim.diagnostic.get(buf) == 1 end)
  check('first finding', marks(buf), { 'zzword' })
  wait_for('settings', function()
    return vim.diagnostic.get(buf)[1].severity == vim.diagnostic.severity.HINT
  end)
  assert(hover(buf, id):find('40.0 bits', 1, true), 'no numbers in the hover')

  with_module(buf)

  vim.api.nvim_buf_set_text(buf, 0, 0, 0, 1, { '𝄞 zzé', 'B' })
  wait_for('findings after the edit', function() return #vim.diagnostic.get(buf) == 2 end)
  check('findings after the edit', marks(buf), { 'zzé', 'zzword' })
end

local ok, problem = pcall(session)
io.stdout:write(ok and 'PASS\n' or ('FAIL ' .. tostring(problem) .. '\n'))
vim.cmd(ok and 'qall!' or 'cquit 1')
